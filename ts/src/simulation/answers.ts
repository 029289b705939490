/** Answers of nodes, read whole, so that they can be looked at, kept and given again. */

export interface Answer {
  readonly bytes: Uint8Array;
  readonly status: number;
  readonly headers: [string, string][];
}

/** @throws what broke the body off */
export async function readAnswer(response: Response): Promise<Answer> {
  const headers: [string, string][] = [];
  response.headers.forEach((value, name) => headers.push([name, value]));
  return { bytes: new Uint8Array(await response.arrayBuffer()), status: response.status, headers };
}

export function answerToResponse({ bytes, status, headers }: Answer): Response {
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? (bytes as Uint8Array<ArrayBuffer>) : null, { status, headers });
}
