import type { SimulatedMac } from "../mac/mac.ts";
import type { TerminalLine } from "./snapshot.ts";

/** The terminal on the demo's Mac. */
export interface Shell {
  /** Runs one line as the person at the console. */
  run(line: string): void;
  lines(): readonly TerminalLine[];
}

const LINES_MAX = 400;
const HELP = "This shell knows sudo, whoami, id, groups, hostname, pwd, echo and clear.";

/** Makes a shell. `sudo` is the simulated Mac's own; of everything else only a handful of commands is there. */
export function createShell(
  mac: Pick<SimulatedMac, "sudo" | "isAdmin">,
  user: { readonly username: string; readonly uid: number },
  hostname: string,
  onSudo: (command: string, isAllowed: boolean, output: string) => void,
): Shell {
  let lines: TerminalLine[] = [];
  const { username, uid } = user;

  function add(kind: TerminalLine["kind"], text: string): void {
    if (text !== "") lines = [...lines, { kind, text }].slice(-LINES_MAX);
  }

  function sudo(command: string): void {
    if (command === "") return add("output", "usage: sudo command");
    const { allowed, output } = mac.sudo(username, command);
    add(allowed ? "output" : "refused", output);
    onSudo(command, allowed, output);
  }

  function plain(program: string, rest: string): void {
    const groups = mac.isAdmin(username) ? "20(staff),80(admin)" : "20(staff)";
    const known: Readonly<Record<string, string>> = {
      whoami: username,
      id: `uid=${uid}(${username}) gid=20(staff) groups=${groups}`,
      groups: mac.isAdmin(username) ? "staff admin" : "staff",
      hostname,
      pwd: `/Users/${username}`,
      echo: rest,
      help: HELP,
    };
    const output = Object.hasOwn(known, program) ? known[program] : undefined;
    if (output === undefined) add("refused", `zsh: command not found: ${program}`);
    else add("output", output);
  }

  return {
    run(line) {
      const text = line.trim();
      const [program = "", ...words] = text.split(/\s+/);
      const rest = words.join(" ");
      if (program === "clear") {
        lines = [];
        return;
      }
      add("command", text);
      if (program === "sudo") sudo(rest);
      else if (program !== "") plain(program, rest);
    },
    lines: () => lines,
  };
}
