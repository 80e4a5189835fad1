/** A table as the formatter leaves it, to be pasted into docs/performance.md. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(3, head.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** A whole number with commas between the thousands. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en");

/** What the machine was and did while the numbers were taken. */
export function machineLine(processors: number, load: number, seconds: number): string {
  const machine = `Node ${process.versions.node}, ${processors} processors`;
  return `Measured in ${seconds.toFixed(0)} s on ${machine}; load at the end ${load.toFixed(1)}.`;
}
