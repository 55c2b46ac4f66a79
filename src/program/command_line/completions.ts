// Completions of the command line for shells, from the tables of flags.

import type { Described } from "./help_text.ts";
import { HELP_FLAGS } from "../flags/common_flags.ts";
import type { Flag, FlagTable } from "../flags/flag.ts";
import { checkedFlag } from "../flags/flag_kinds.ts";
import type { Tool } from "../tool.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

type Shell = typeof SHELLS[number];

/** `millrace completions SHELL`: prints a script that the shell reads. */
export function completionsTool(commands: readonly Described[]): Tool {
  const flags = {
    shell: checkedFlag<Shell, undefined>({
      placeholder: "SHELL",
      help: "whose completions are printed",
      position: "only",
      choices: SHELLS,
      default: undefined,
      expected: SHELLS.join(" or "),
      parse: (text) => SHELLS.find((shell) => shell === text),
    }),
    ...HELP_FLAGS,
  };
  const tool: Tool<typeof flags> = {
    name: "completions",
    summary: "completions of the command line for a shell",
    examples: [
      { line: "completions bash > ~/.local/share/bash-completion/completions/millrace", does: "for bash" },
      { line: "completions zsh > ~/.zfunc/_millrace", does: "for zsh, with ~/.zfunc in fpath" },
      { line: "completions fish > ~/.config/fish/completions/millrace.fish", does: "for fish" },
    ],
    flags,
    run({ values, print }) {
      print(writeCompletions(values.shell!, [...commands, { ...tool, tools: [] }]));
      return Promise.resolve(0);
    },
  };
  return tool;
}

/** The script for a shell. @param commands everything that may stand after `millrace` */
export function writeCompletions(shell: Shell, commands: readonly Described[]): string {
  switch (shell) {
    case "bash":
      return writeBash(commands);
    case "zsh":
      return `#compdef millrace\nautoload -U +X bashcompinit && bashcompinit\n${writeBash(commands)}`;
    case "fish":
      return writeFish(commands);
  }
}

function writeBash(commands: readonly Described[]): string {
  const names = [...commands.map(({ name }) => name), "help", "version"];
  const cases = commands.map(({ name, flags, tools = [] }) => {
    const words = [...tools.map((tool) => tool.name), ...wordsOf(flags)];
    return `    ${name}) words="${words.join(" ")}" ;;`;
  });
  const everyFlag = Object.assign({}, ...commands.map(({ flags }) => flags).reverse()) as FlagTable;
  const values = Object.entries(everyFlag).flatMap(([name, flag]) => {
    const reply = bashValues(flag);
    return reply === undefined ? [] : [`    ${spellings(name, flag).join("|")}) ${reply}; return ;;`];
  });
  return `# Completions of millrace.
_millrace() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words
  COMPREPLY=()
  case $previous in
${values.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ] && [[ $current != -* ]]; then
    COMPREPLY=($(compgen -W "${names.join(" ")}" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
    help) words="${names.join(" ")}" ;;
    *) words="${wordsOf(commands[0]!.flags).join(" ")}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ "\${COMP_WORDS[1]}" = static ] && [[ $current != -* ]] && COMPREPLY+=($(compgen -d -- "$current"))
  return 0
}
complete -F _millrace millrace
`;
}

function bashValues({ placeholder, choices, completes }: Flag<unknown>): string | undefined {
  if (placeholder === undefined) return undefined;
  if (choices !== undefined) return `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current"))`;
  if (completes === "folder") return `COMPREPLY=($(compgen -d -- "$current"))`;
  return completes === "file" ? `COMPREPLY=($(compgen -f -- "$current"))` : undefined;
}

function writeFish(commands: readonly Described[]): string {
  const lines = ["# Completions of millrace.", "complete -c millrace -f"];
  for (const { name, summary } of commands) {
    lines.push(`complete -c millrace -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
  }
  for (const { name, flags, tools = [] } of commands) {
    const condition = quote(`__fish_seen_subcommand_from ${name}`);
    for (const tool of tools) {
      lines.push(`complete -c millrace -n ${condition} -a ${tool.name} -d ${quote(tool.summary)}`);
    }
    for (const [flagName, flag] of Object.entries(flags)) {
      lines.push(`complete -c millrace -n ${condition} ${fishFlag(flagName, flag)} -d ${quote(flag.help)}`);
    }
  }
  return lines.join("\n") + "\n";
}

function fishFlag(name: string, flag: Flag<unknown>): string {
  const { alias, placeholder, choices, completes, position } = flag;
  if (position === "only") return choices === undefined ? "-F" : `-a ${quote(choices.join(" "))}`;
  const short = alias === undefined ? "" : ` -s ${alias}`;
  if (placeholder === undefined) return `-l ${name}${short}`;
  const values = choices === undefined ? "" : ` -a ${quote(choices.join(" "))}`;
  return `-l ${name}${short} -r${completes === undefined ? "" : " -F"}${values}`;
}

function wordsOf(flags: FlagTable): string[] {
  return Object.entries(flags).flatMap(([name, flag]) =>
    flag.position === "only" ? flag.choices ?? [] : spellings(name, flag)
  );
}

function spellings(name: string, { alias }: Flag<unknown>): string[] {
  return alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
