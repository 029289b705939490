/** Tokens of Move sources: enough for tools that rewrite sources and keep every line where it is. */

export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'label' | 'symbol';
  readonly text: string;
  /** Offsets in the source, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Comment, block comment, string, word (`name`, `$name`, `` `name` ``), label, number, symbol; in this order. */
const pattern =
  /(\/\/[^\n]*)|(\/\*)|([bx]?"(?:\\[\s\S]|[^"\\])*")|([A-Za-z_$][A-Za-z0-9_]*|`[^`\n]*`)|('[A-Za-z_][A-Za-z0-9_]*)|(\d[0-9a-zA-Z_]*)|(::|=>|!=|&&|\|\||->|\.\.|\S)/g;

/** Comments are skipped. `<`, `>` and `=` are always alone, so that `vector<vector<u8>>` and `T<u8>=` need no care. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const search = new RegExp(pattern);
  for (let match = search.exec(source); match !== null; match = search.exec(source)) {
    const [text, lineComment, blockComment, string, word, label, number] = match;
    if (lineComment !== undefined) continue;
    if (blockComment !== undefined) {
      search.lastIndex = endOfComment(source, match.index);
      continue;
    }
    const kind =
      string !== undefined ? 'string' : word !== undefined ? 'word' : label !== undefined ? 'label' : number !== undefined ? 'number' : 'symbol';
    tokens.push({ kind, text, start: match.index, end: match.index + text.length });
  }
  return tokens;
}

/** Block comments nest. */
function endOfComment(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const pair = source.slice(at, at + 2);
    if (pair === '/*') {
      depth++;
      at++;
    } else if (pair === '*/') {
      at++;
      if (--depth === 0) return at + 1;
    }
  }
  return source.length;
}

/** Finds 1-based lines and columns of offsets. */
export class LineIndex {
  readonly #starts: readonly number[];

  constructor(source: string) {
    const starts = [0];
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  line(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  column(offset: number): number {
    return offset - this.#starts[this.line(offset) - 1]! + 1;
  }
}
