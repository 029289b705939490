/** Steps of a demonstration, told as they happen: what is done, how long it took, what came of it. */
import colors from 'picocolors';
import { line, millisecondsText } from './output.js';

/** Tells the story on standard output; silent for machines. */
export class Story {
  #stepAt: number | undefined;
  #text = '';

  constructor(private readonly loud: boolean) {}

  title(text: string): void {
    this.tell([colors.bold(text), ''], '');
  }

  step(text: string): void {
    this.done();
    this.#stepAt = performance.now();
    this.#text = text;
  }

  done(): void {
    this.#finish(colors.green('✔'));
  }

  failed(): void {
    this.#finish(colors.red('✘'));
  }

  tell(lines: readonly string[], indent = '    '): void {
    if (this.loud) for (const text of lines) line(`${indent}${text}`);
  }

  #finish(mark: string): void {
    if (this.#stepAt === undefined) return;
    const elapsed = millisecondsText(performance.now() - this.#stepAt);
    this.#stepAt = undefined;
    this.tell([`${mark} ${this.#text} ${colors.dim(elapsed)}`], '');
  }
}
