import type { Link } from "./link.ts";

/** Iru with a watch over the unlock PINs that it gives away, by the serial of the Mac that each unlocks. */
export function watchPins(
  deliver: Link["deliver"],
  serials: ReadonlyMap<string, string>,
  pins: Map<string, string>,
): Link["deliver"] {
  return async (request, isExtra) => {
    const response = await deliver(request, isExtra);
    const { pathname } = new URL(request.url);
    if (!response.ok || !/\/(action\/lock|secrets\/unlockpin)$/.test(pathname)) return response;
    const answer = (await response.clone().json()) as { readonly PIN?: string; readonly pin?: string };
    const pin = answer.PIN ?? answer.pin;
    const serial = serials.get(pathname.split("/")[4] ?? "");
    if (pin !== undefined && serial !== undefined) pins.set(pin, serial);
    return response;
  };
}
