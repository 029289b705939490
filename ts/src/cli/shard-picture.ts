/** A picture of the committee's shards: a row a node, a cell a shard, lost ones marked. */
import colors from 'picocolors';
import type { CommitteeMember } from '../protocol/index.js';

const CELLS_PER_ROW = 50;

export function shardPicture(committee: readonly CommitteeMember[], lost: ReadonlySet<string>): string[] {
  const members = [...committee].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const width = Math.max(...members.map(({ name }) => name.length));
  const lines: string[] = [];
  for (const { name, shards } of members) {
    const gone = lost.has(name);
    for (let at = 0; at < shards.length; at += CELLS_PER_ROW) {
      const cells = shards.slice(at, at + CELLS_PER_ROW).map(() => (gone ? '✗' : '■'));
      const label = (at === 0 ? name : '').padEnd(width);
      const row = `${label}  ${cells.join(' ')}`;
      const ends = at + CELLS_PER_ROW >= shards.length;
      lines.push(`${gone ? colors.red(row) : colors.cyan(row)}${ends && gone ? colors.red('  stopped') : ''}`);
    }
  }
  const lostCount = members.filter(({ name }) => lost.has(name)).reduce((sum, { shards }) => sum + shards.length, 0);
  const total = members.reduce((sum, { shards }) => sum + shards.length, 0);
  const needed = total - 2 * Math.floor((total - 1) / 3);
  lines.push(`${total - lostCount} of ${total} shards are left; any ${needed} rebuild the blob`);
  return lines;
}
