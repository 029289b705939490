/** Answers of nodes, read whole, so that they can be looked at, kept and given again. */

export interface Answer {
  readonly bytes: Uint8Array;
  readonly status: number;
  readonly headers: [string, string][];
}

/** @throws TypeError when the connection broke off before the end, as `fetch` does */
export async function readAnswer(response: Response): Promise<Answer> {
  const headers: [string, string][] = [];
  response.headers.forEach((value, name) => headers.push([name, value]));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const declared = Number(response.headers.get('content-length') ?? bytes.length);
  if (bytes.length < declared) throw new TypeError('the connection broke off');
  return { bytes, status: response.status, headers };
}

export function answerToResponse({ bytes, status, headers }: Answer): Response {
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? (bytes as Uint8Array<ArrayBuffer>) : null, { status, headers });
}
