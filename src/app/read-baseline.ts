import type { SessionRequest } from "../core/request.ts";
import type { Service } from "./service.ts";

const PAGE = 200;

/**
 * What the Mac said of itself with `/arm`, from the audit trail, where nobody on the Mac can change it. A temporary
 * admin can edit the agent's own record and have the agent started anew: this is what it is held against.
 */
export async function readBaseline(service: Service, request: SessionRequest): Promise<unknown> {
  const { requestId } = request.ask;
  for (let from = 0; ; from += PAGE) {
    const lines = await service.store.readAudit(requestId, from, PAGE);
    const line = lines.find(({ type }) => type === "baseline");
    if (line !== undefined) return (line.data as { readonly baseline?: unknown }).baseline;
    if (lines.length < PAGE) return undefined;
  }
}
