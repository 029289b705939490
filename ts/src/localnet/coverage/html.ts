/** Coverage as one HTML file that needs nothing else: tables of files and modules, and every source in colours. */
import { armName, percent } from './report.js';
import type { CoverageReport, FileCoverage, Tally, Totals } from './report.js';

const style = `
:root { color-scheme: light dark; --text: #1c2024; --soft: #66707a; --page: #fff; --rule: #dde1e6;
  --good: #d9f2df; --bad: #fbdcdc; --part: #fdf0c4; --good-ink: #1d7a3a; --bad-ink: #b3261e; --part-ink: #8a6100; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e7ea; --soft: #97a1ab; --page: #15181b; --rule: #30363c;
  --good: #17301f; --bad: #401d1d; --part: #3d3314; --good-ink: #6fce8b; --bad-ink: #ff8f88; --part-ink: #e6c04f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: inherit; } table.sum { border-collapse: collapse; width: 100%; }
.sum th, .sum td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; font-variant-numeric: tabular-nums; }
.sum th:first-child, .sum td:first-child { text-align: left; } .sum th { color: var(--soft); font-weight: 500; }
.sum tr.all td { font-weight: 600; } .of { color: var(--soft); font-size: .85em; margin-left: .5em; }
.full { color: var(--good-ink); } .some { color: var(--part-ink); } .none { color: var(--bad-ink); }
details { border: 1px solid var(--rule); border-radius: 6px; margin: .6rem 0; overflow: hidden; }
summary { padding: .5rem .8rem; cursor: pointer; font-family: ui-monospace, monospace; font-size: .9rem; }
pre { margin: 0; font: 12.5px/1.55 ui-monospace, monospace; overflow-x: auto; border-top: 1px solid var(--rule); }
.l { display: block; min-width: max-content; } .n, .c { display: inline-block; text-align: right; color: var(--soft); user-select: none; }
.n { width: 4em; } .c { width: 6em; padding-right: 1em; }
.hit { background: var(--good); } .miss { background: var(--bad); } .part { background: var(--part); }
.chip { color: var(--part-ink); font-style: italic; margin-left: 2em; user-select: none; }`;

/** `title` stands at the top, e.g. the package's name. */
export function coverageHtml(report: CoverageReport, title: string): string {
  const { files, modules, unmeasured } = report;
  const table = (rows: readonly string[]): string =>
    `<table class="sum"><tr><th></th><th>lines</th><th>branches</th><th>functions</th></tr>${rows.join('')}</table>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escape(title)}: coverage</title><style>${style}</style></head><body>
<h1>${escape(title)}: coverage of Move tests</h1>
${table([...files.map((file, i) => totalsRow(`<a href="#f${i}">${escape(file.path)}</a>`, file.totals)), totalsRow('all files', report.totals, 'all')])}
${unmeasured.length === 0 ? '' : `<h2>Not measured</h2><ul>${unmeasured.map((one) => `<li>${escape(one.path)}: ${escape(one.reason)}</li>`).join('')}</ul>`}
<h2>Modules</h2>
${table(modules.map((one) => totalsRow(escape(one.module), one.totals)))}
<h2>Sources</h2>
${files.map(sourceSection).join('\n')}
</body></html>
`;
}

function totalsRow(name: string, totals: Totals, kind = ''): string {
  return `<tr class="${kind}"><td>${name}</td>${cell(totals.lines)}${cell(totals.branches)}${cell(totals.functions)}</tr>`;
}

function cell(tally: Tally): string {
  if (tally.found === 0) return '<td>–</td>';
  const share = percent(tally);
  const colour = share === 100 ? 'full' : share >= 80 ? 'some' : 'none';
  return `<td><span class="${colour}">${share.toFixed(2)}%</span><span class="of">${tally.hit}/${tally.found}</span></td>`;
}

function sourceSection(file: FileCoverage, index: number): string {
  const counts = new Map(file.lines.map(({ line, count }) => [line, count]));
  const untaken = untakenArms(file);
  const lines = file.source.replace(/\n$/, '').split('\n').map((text, i) => {
    const line = i + 1;
    const count = counts.get(line);
    const missing = count === 0 ? undefined : untaken.get(line);
    const colour = count === undefined && missing === undefined ? '' : count === 0 ? ' miss' : missing === undefined ? ' hit' : ' part';
    const chip = missing === undefined ? '' : `<span class="chip">never: ${escape(missing.join(', '))}</span>`;
    return `<span class="l${colour}"><span class="n">${line}</span><span class="c">${count === undefined ? '' : `${count}×`}</span>${escape(text)}${chip}</span>`;
  });
  const share = percent(file.totals.lines);
  const open = share < 100 ? ' open' : '';
  return `<details id="f${index}"${open}><summary>${escape(file.path)} · ${share.toFixed(2)}% of lines</summary><pre>${lines.join('')}</pre></details>`;
}

/** Arms never taken of branches that were come to, by line of the branch. */
function untakenArms(file: FileCoverage): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const branch of file.branches) {
    if (!branch.arms.some(({ count }) => count > 0)) continue;
    const names = branch.arms.flatMap(({ count }, i) => (count === 0 ? [armName(branch, i)] : []));
    if (names.length > 0) found.set(branch.line, [...(found.get(branch.line) ?? []), ...names]);
  }
  return found;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!);
}
