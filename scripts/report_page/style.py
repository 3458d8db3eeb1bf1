"""How the page of a report looks: on a screen, a phone, and paper."""

STYLE = """
:root { --ink: #1d2733; --soft: #56616e; --line: #dfe3e8; --paper: #ffffff; --wash: #f5f7f9;
        --note: #fff6e3; --link: #24476b; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wash); color: var(--ink);
       font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 64px; }
header h1 { margin: 0 0 4px; font-size: 28px; letter-spacing: -0.01em; }
header p { margin: 0; color: var(--soft); }
nav { margin-top: 12px; font-size: 14px; }
nav a { color: var(--link); margin-right: 14px; white-space: nowrap; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
          padding: 20px 24px; margin-top: 20px; }
section.verdict p { font-size: 17px; margin: 6px 0; max-width: 90ch; }
h2 { margin: 0 0 4px; font-size: 19px; }
h3 { margin: 18px 0 6px; font-size: 15px; }
p.lead { margin: 0 0 14px; color: var(--soft); max-width: 80ch; }
.figure { overflow-x: auto; }
.figure svg { width: 100%; min-width: 560px; height: auto; display: block; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 12px;
         margin-top: 20px; }
.tile { background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
        padding: 12px 16px; }
.tile .what { color: var(--soft); font-size: 13px; }
.tile .value { font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile.many .value { font-size: 15px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line);
         vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.n { white-space: nowrap; }
td.definition { color: var(--soft); font-size: 13px; min-width: 240px; }
td:first-child { min-width: 150px; }
tr.assumption td { background: var(--note); }
tr.total td { font-weight: 600; }
.badge { display: inline-block; border-radius: 10px; padding: 1px 9px; font-size: 12px;
         background: #e8ecf1; color: var(--ink); margin-right: 6px; }
.badge.partial { background: #fbe3e6; color: #8a1f30; font-weight: 600; }
.run { display: inline-block; border: 1px solid var(--ink); border-radius: 4px; padding: 0 5px;
       font-size: 12px; font-weight: 700; line-height: 1.35; }
.note { background: var(--note); border-radius: 6px; padding: 8px 12px; margin: 10px 0 0; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--link); }
.scroll { overflow-x: auto; }
a.csv { color: var(--soft); font-size: 12px; }
@media (max-width: 600px) {
  main { padding: 14px 10px 32px; }
  section { padding: 14px 12px; }
  header h1 { font-size: 22px; }
  td:first-child, td.definition { min-width: 0; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  body { background: white; font-size: 9.5pt; }
  main { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 8px 0; }
  nav, a.csv { display: none; }
  .scroll, .figure { overflow: visible; }
  .figure, tr { break-inside: avoid; }
  .figure svg { min-width: 0; }
  table { font-size: 7.5pt; }
  th { font-size: 7.5pt; }
  th, td { padding: 2px 5px 2px 0; overflow-wrap: anywhere; }
  td:first-child { min-width: 0; overflow-wrap: normal; }
  td.definition { min-width: 0; }
  td.definition { font-size: 7pt; }
}
"""
