/**
 * Source lines of bytecode. The compiler gives none, so a package is compiled a second time with a probe
 * before every statement; taking the probes out again leaves (nearly) the code of the first time, and so each
 * instruction is known to stand behind a probe, hence on a line. Where the two differ too much, a function's
 * instructions are all on its first line.
 */
import { buildControlFlow } from '../vm/cfg.js';
import { PROBE_FUNCTION, PROBE_MODULE } from '../coverage/probe-map.js';
import type { PackageProbes } from '../coverage/package-instrumenter.js';
import { parseModule } from '../vm/module.js';
import type { CompiledModule, FunctionBody } from '../vm/module.js';
import type { Instruction } from '../vm/opcodes.js';
import type { CodeLocation } from '../vm/types.js';

export interface SourceLine {
  /** Path inside the package. */
  readonly path: string;
  /** Absolute folder of the package. */
  readonly directory: string;
  /** 1-based. */
  readonly line: number;
}

/** The line of an instruction; undefined when the sources are not known. */
export type LineLookup = (location: CodeLocation) => SourceLine | undefined;

/** One package: its code as it runs, and its sources' build with probes in `lines` mode. */
export interface MappedPackage {
  readonly directory: string;
  /** Storage ID under which its code runs. */
  readonly id: string;
  readonly modules: ReadonlyMap<string, Uint8Array>;
  readonly instrumented: ReadonlyMap<string, Uint8Array>;
  readonly probes: PackageProbes;
}

/** Tables up to this many cells are filled to align two functions; larger ones are not aligned. */
const maxAlignmentCells = 4_000_000;
/** Below this share of common instructions two functions do not count as aligned. */
const minCommonShare = 0.6;

type Line = Pick<SourceLine, 'path' | 'line'>;

/** Functions are aligned when first asked for. */
export function createLineLookup(packages: readonly MappedPackage[]): LineLookup {
  const maps = new Map(packages.map((one) => [one.id, new PackageLines(one)]));
  return (location) => maps.get(location.package)?.line(location);
}

class PackageLines {
  private readonly byProbe = new Map<number, Line>();
  private readonly firstLines = new Map<string, Line>();
  private readonly functions = new Map<string, readonly (Line | undefined)[] | undefined>();

  constructor(private readonly pkg: MappedPackage) {
    for (const { path, statements, functions } of pkg.probes.files) {
      for (const { probe, line } of statements) this.byProbe.set(probe, { path, line });
      for (const { module, name, line } of functions) this.firstLines.set(`${module}::${name}`, { path, line });
    }
  }

  line({ module, functionName, instruction }: CodeLocation): SourceLine | undefined {
    const name = `${module}::${functionName}`;
    if (!this.functions.has(name)) this.functions.set(name, this.align(module, functionName));
    const found = this.functions.get(name)?.[instruction] ?? this.firstLines.get(name);
    return found && { ...found, directory: this.pkg.directory };
  }

  private align(moduleName: string, functionName: string): readonly (Line | undefined)[] | undefined {
    const plainBytes = this.pkg.modules.get(moduleName);
    const probedBytes = this.pkg.instrumented.get(moduleName);
    if (plainBytes === undefined || probedBytes === undefined) return undefined;
    const plain = parseModule(plainBytes);
    const probed = parseModule(probedBytes);
    const plainBody = plain.functionByName.get(functionName)?.body();
    const probedBody = probed.functionByName.get(functionName)?.body();
    if (plainBody === undefined || probedBody === undefined) return undefined;
    const behind = linesOf(probed, probedBody, this.byProbe);
    const keys = plainBody.code.map((instruction) => keyOf(plain, instruction));
    const matches = alignSequences(keys, behind.map(({ key }) => key));
    if (matches === undefined) return undefined;
    let last: Line | undefined;
    return matches.map((match) => {
      if (match !== undefined) last = behind[match]!.line;
      return last;
    });
  }
}

/** What an instruction is, apart from numbers that differ between the two builds. */
function keyOf(module: CompiledModule, instruction: Instruction): string {
  const { op, operand, wide } = instruction;
  if (op === 'Call' || op === 'CallGeneric') {
    const handle = op === 'Call' ? operand : module.functionInstantiations[operand]!.target;
    const { name, module: owner } = module.functionHandles[handle]!;
    return `call ${module.moduleHandles[owner]!.name}::${name}`;
  }
  return op.startsWith('LdU') ? `${op} ${operand} ${wide}` : op;
}

/** The code without its probes, each instruction with the line it stands on. */
function linesOf(
  module: CompiledModule,
  body: FunctionBody,
  byProbe: ReadonlyMap<number, Line>,
): { readonly key: string; readonly line: Line | undefined }[] {
  const { blocks, dominators } = buildControlFlow(body);
  const lineAtEnd: (Line | undefined)[] = [];
  const lines: (Line | undefined)[] = [];
  const isProbe = new Set<number>();
  for (const [index, { start, end }] of blocks.entries()) {
    // Control comes here through the dominator, whatever was between.
    let line = index === 0 ? undefined : lineAtEnd[dominators[index]!];
    for (let at = start; at < end; at++) {
      const { op, operand } = body.code[at]!;
      const next = body.code[at + 1];
      if (op === 'LdU32' && next?.op === 'Call' && keyOf(module, next) === `call ${PROBE_MODULE}::${PROBE_FUNCTION}`) {
        line = byProbe.get(operand) ?? line;
        isProbe.add(at).add(++at);
      } else lines[at] = line;
    }
    lineAtEnd[index] = line;
  }
  return body.code.flatMap((instruction, at) =>
    isProbe.has(at) ? [] : [{ key: keyOf(module, instruction), line: lines[at] }],
  );
}

/**
 * For each element of `a` the index of its partner in `b`: a longest common subsequence. Undefined when the
 * two have too little in common, or are too long to tell.
 */
export function alignSequences(a: readonly string[], b: readonly string[]): (number | undefined)[] | undefined {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const rows = a.length - head - tail;
  const columns = b.length - head - tail;
  if ((rows + 1) * (columns + 1) > maxAlignmentCells) return undefined;
  const matches: (number | undefined)[] = new Array<number | undefined>(a.length).fill(undefined);
  for (let i = 0; i < head; i++) matches[i] = i;
  for (let i = 0; i < tail; i++) matches[a.length - 1 - i] = b.length - 1 - i;
  // length[i][j]: of the longest common subsequence of what follows a[head + i] and b[head + j].
  const width = columns + 1;
  const length = new Uint16Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      length[i * width + j] =
        a[head + i] === b[head + j]
          ? length[(i + 1) * width + j + 1]! + 1
          : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!);
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (a[head + i] === b[head + j]) matches[head + i++] = head + j++;
    else if (length[(i + 1) * width + j]! >= length[i * width + j + 1]!) i++;
    else j++;
  }
  const common = matches.filter((match) => match !== undefined).length;
  return common < minCommonShare * a.length ? undefined : matches;
}
