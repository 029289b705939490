/** Stack usage: each block starts and ends with an empty operand stack and stays within its height. */
import type { FunctionContext } from './context.js';
import { splitBlocks } from './control-flow.js';
import { verifierLimits } from './limits.js';

const pass = 'stack usage';

export function checkStackUsage(fn: FunctionContext): void {
  const { code } = fn.body;
  let pushed = 0;
  for (const { start, end } of splitBlocks(fn.body)) {
    let height = 0;
    for (let at = start; at < end; at++) {
      const [pops, pushes] = fn.stackEffect(code[at]!);
      pushed += pushes;
      if (pushed > verifierLimits.pushes) fn.fail(pass, 'VALUE_STACK_PUSH_OVERFLOW', 'the function pushes too many values', at);
      if (height < pops) fn.fail(pass, 'NEGATIVE_STACK_SIZE_WITHIN_BLOCK', `${pops} operands needed, ${height} there`, at);
      height += pushes - pops;
      if (height > verifierLimits.valueStack) fn.fail(pass, 'VALUE_STACK_OVERFLOW', `${height} operands`, at);
    }
    if (height !== 0) fn.fail(pass, 'POSITIVE_STACK_SIZE_AT_BLOCK_END', `${height} operands are left over`, end - 1);
  }
  fn.charge(code.length, pass);
}
