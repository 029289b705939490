/**
 * Control flow: code ends in a transfer of control, loops are entered by their heads and nest at most five
 * deep, every jump table belongs to one switch. What remains is a graph that `../cfg.ts` can build.
 */
import { buildControlFlow } from '../cfg.js';
import type { ControlFlowGraph } from '../cfg.js';
import type { FunctionBody } from '../module.js';
import type { Opcode } from '../opcodes.js';
import { VerificationError } from './errors.js';
import type { VerificationLocation } from './errors.js';
import { verifierLimits } from './limits.js';
import type { VerifierMeter } from './meter.js';

const pass = 'control flow';
const leaves: ReadonlySet<Opcode> = new Set(['Ret', 'Abort', 'Branch', 'VariantSwitch']);
const branches: ReadonlySet<Opcode> = new Set(['Branch', 'BrTrue', 'BrFalse']);

/** A run of instructions that control enters at the first and leaves at the last. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

/** All blocks in order of offset, unreachable ones too. */
export function splitBlocks(body: FunctionBody): CodeRange[] {
  const starts = new Set([0]);
  body.code.forEach(({ op, operand }, at) => {
    if (branches.has(op)) starts.add(operand);
    if (op === 'VariantSwitch') for (const target of body.jumpTables[operand]!.targets) starts.add(target);
    if (branches.has(op) || leaves.has(op)) starts.add(at + 1);
  });
  const offsets = [...starts].filter((s) => s < body.code.length).sort((a, b) => a - b);
  return offsets.map((start, i) => ({ start, end: offsets[i + 1] ?? body.code.length }));
}

export function checkControlFlow(body: FunctionBody, meter: VerifierMeter, where: VerificationLocation): ControlFlowGraph {
  const fail = (status: string, detail: string, instruction?: number): never => {
    throw new VerificationError(pass, status, detail, instruction === undefined ? where : { ...where, instruction });
  };
  const last = body.code.length - 1;
  if (!leaves.has(body.code[last]!.op)) fail('INVALID_FALL_THROUGH', 'code runs past its end', last);
  const switches = body.code.filter((i) => i.op === 'VariantSwitch').map((i) => i.operand);
  if (new Set(switches).size !== switches.length || switches.length !== body.jumpTables.length)
    fail('INVALID_ENUM_SWITCH', 'a jump table belongs to no switch, or to several');
  const count = splitBlocks(body).length;
  if (count > verifierLimits.basicBlocks) fail('TOO_MANY_BASIC_BLOCKS', `${count} basic blocks`);
  const cfg = buildControlFlow(body);
  meter.charge(body.code.length + cfg.blocks.length, pass, where);
  if (!cfg.reducible) fail('INVALID_LOOP_SPLIT', 'a loop is entered other than by its head');
  checkLoops(cfg, meter, where, fail);
  return cfg;
}

function checkLoops(cfg: ControlFlowGraph, meter: VerifierMeter, where: VerificationLocation, fail: (status: string, detail: string, at: number) => never): void {
  const depth = new Array<number>(cfg.blocks.length).fill(0);
  for (const members of cfg.loops.values()) {
    meter.charge(members.size, pass, where);
    for (const member of members) depth[member]!++;
  }
  depth.forEach((d, block) => {
    if (d > verifierLimits.loopDepth) fail('LOOP_MAX_DEPTH_REACHED', `loops nested ${d} deep`, cfg.blocks[block]!.start);
  });
  let backEdges = 0;
  cfg.blocks.forEach((block, i) => {
    backEdges += block.successors.filter((to) => cfg.order.get(to)! <= i).length;
  });
  if (backEdges > verifierLimits.backEdges) fail('TOO_MANY_BACK_EDGES', `${backEdges} back edges`, 0);
}
