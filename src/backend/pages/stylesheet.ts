/** The background of the documents for a request. */
export type Theme = "white" | "green";

// White stays #fff in dark mode too, hence "only light": browsers must not darken the page on their own.
// White text on the CSS colour green has a contrast of 5.1 to 1 (WCAG AA asks for 4.5).
const PALETTES: Readonly<Record<Theme, string>> = {
  white: `html, body { background-color: #fff; }
:root { --text: #17232e; --quiet: #4d5d6b; --line: #cfd9e1; --card: #f5f8fa;
  --accent: #075985; --on-accent: #fff; }`,
  green: `html, body { background-color: green; }
:root { --text: #fff; --quiet: #f0fff0; --line: #ffffff73; --card: #0000002e;
  --accent: #fff; --on-accent: #064b06; }`,
};

const LAYOUT = `:root { color-scheme: only light; }
* { box-sizing: border-box; }
body { color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 54rem;
  padding: 1rem 1.1rem 3rem; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
header { border-bottom: 1px solid var(--line); padding-bottom: .7rem; }
header a { font-weight: 700; text-decoration: none; }
h1 { font-size: 1.8rem; letter-spacing: -.01em; line-height: 1.2; margin: 1.6rem 0 .8rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .4rem; }
p { margin: 0 0 .9rem; }
.quiet { color: var(--quiet); font-size: .95rem; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; margin: 0 0 1rem;
  padding: 1.1rem; }
.cards .card { margin: 0; }
.cards + .card { margin-top: 1rem; }
.result { font-size: 1.5rem; font-variant-numeric: tabular-nums; font-weight: 600; }
dl { display: grid; gap: .35rem 1.2rem; grid-template-columns: max-content 1fr; margin: 0; }
dt { color: var(--quiet); }
dd { font-weight: 600; margin: 0; }
dd ul { list-style: none; margin: 0; padding: 0; }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin: 0; padding: .9rem;
  white-space: pre-wrap; }
label { display: block; font-size: .95rem; font-weight: 600; }
input, button { border-radius: .5rem; font: inherit; min-height: 2.75rem; }
input { background: #fff; border: 1px solid #71808d; color: #17232e; margin: .2rem 0 .8rem;
  padding: .4rem .7rem; width: 100%; }
button { background: var(--accent); border: 1px solid var(--accent); color: var(--on-accent); cursor: pointer;
  font-weight: 600; padding: .4rem 1.1rem; }
button.other { background: transparent; color: var(--accent); }
button:hover { text-decoration: underline; text-underline-offset: .15em; }
.pair { display: grid; gap: 0 .9rem; grid-template-columns: 1fr 1fr; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
summary { cursor: pointer; font-size: 1.15rem; font-weight: 700; }
details p { margin-top: .7rem; }
.requests { list-style: none; margin: 0; padding: 0; }
.requests li { align-items: center; border-top: 1px solid var(--line); display: flex; gap: .9rem;
  justify-content: space-between; padding: .5rem 0; }
.requests button { flex: none; min-height: 2.4rem; overflow-wrap: normal; padding: .2rem .9rem; }`;

/** The stylesheet that stands in every document: layout, and the colours of this theme only. */
export function stylesheetOf(theme: Theme): string {
  return `${PALETTES[theme]}\n${LAYOUT}`;
}
