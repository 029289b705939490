/** The two axes in the order of their tags on the wire (HTTP specification §1): primary 0, secondary 1. */
import type { Axis } from '../encoding/index.js';

export type { Axis };

export const AXES: readonly Axis[] = ['primary', 'secondary'];

/** Tag of an axis. */
export function axisTag(axis: Axis): number {
  return AXES.indexOf(axis);
}
