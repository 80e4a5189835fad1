import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The files of the page by path, ready to be served. */
export type PageFiles = ReadonlyMap<string, { readonly type: string; readonly body: string }>;

const PAGE = new URL("../page/", import.meta.url);

/** Reads and bundles the page. Rejects with esbuild's own message when it does not compile. */
export async function loadPageFiles(): Promise<PageFiles> {
  const [html, icon, bundled] = await Promise.all([
    readFile(new URL("demo.html", PAGE), "utf8"),
    readFile(new URL("favicon.svg", PAGE), "utf8"),
    build({
      entryPoints: {
        demo: fileURLToPath(new URL("main.ts", PAGE)),
        style: fileURLToPath(new URL("styles/main.css", PAGE)),
      },
      bundle: true,
      write: false,
      outdir: "/",
      format: "esm",
      target: "es2023",
      charset: "utf8",
      logLevel: "silent",
    }),
  ]);
  const textOf = (ending: string) =>
    bundled.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: html }],
    ["/demo.js", { type: "text/javascript; charset=utf-8", body: textOf(".js") }],
    ["/demo.css", { type: "text/css; charset=utf-8", body: textOf(".css") }],
    ["/favicon.svg", { type: "image/svg+xml", body: icon }],
  ]);
}
