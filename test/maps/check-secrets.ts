import { maskSource } from "../tidy/mask.ts";
import { lineAt } from "../tidy/source.ts";
import { matching, type Tree } from "../tidy/tree.ts";

const COMPARISON = /([\w.$]+)\s*[!=]==\s*([\w.$]+)/g;
const SECRET = /(?:signature|token|secret|digest|hmac)$/i;
/** A comparison with nothing or a number gives no secret away. */
const FIXED = /^(?:undefined|null|true|false|\d.*)$/;

/** Files in which somebody proves who they are by a secret that we know. */
const PROOFS = ["src/adapters/slack/verify.ts", "src/http/device-auth.ts"];

/** Places where how long a comparison takes could say how much of a guessed secret was right. */
export function checkSecretComparisons(tree: Tree): string[] {
  const plain = matching(tree, /^src\/(?!world\/).*(?<!\.test)\.ts$/).flatMap(([path, text]) =>
    [...maskSource(text).matchAll(COMPARISON)]
      .filter(([, left = "", right = ""]) => {
        const isFixed = FIXED.test(left) || FIXED.test(right);
        return !isFixed && (SECRET.test(left) || SECRET.test(right));
      })
      .map((match) => `${path}:${lineAt(text, match.index)} compares a secret with ===: ${match[0]}`),
  );
  const missing = PROOFS.filter((path) => {
    const text = tree.files.get(path);
    return text !== undefined && !maskSource(text).includes("timingSafeEqual(");
  });
  return [...plain, ...missing.map((path) => `${path} does not call timingSafeEqual`)];
}
