import { z } from "zod";

// Answers are read tolerantly: only what Hallpass uses is checked, and unknown fields are let through. The shapes
// follow the vendor's published OpenAPI description and its examples.

/** A page of the device list. Its rows are checked once they are known to be of the wanted Mac. */
export const deviceListSchema = z.array(z.unknown());

/** A device that Hallpass acts on. `tags` is required: without the list, writing it would clear other people's. */
export const deviceSchema = z.looseObject({
  device_id: z.string().regex(/^[A-Za-z0-9-]+$/),
  serial_number: z.string(),
  device_name: z.string().nullish(),
  platform: z.string().nullish(),
  user: z.unknown().optional(),
  tags: z.array(z.string()),
});

/** A device that Hallpass acts on, checked. */
export type IruDevice = z.infer<typeof deviceSchema>;

/** One page of a device's MDM commands; `count` is the number of all. */
export const commandsSchema = z.looseObject({
  commands: z.looseObject({
    count: z.number().int().nonnegative(),
    results: z.array(
      z.looseObject({
        command_type: z.string().nullish(),
        request_type: z.string().nullish(),
        date_requested: z.string(),
      }),
    ),
  }),
});

/** One page of a device's MDM commands. */
export type IruCommandPage = z.infer<typeof commandsSchema>["commands"];

/** The answer to a lock of a Mac. A lock that was accepted counts even if the PIN is missing from the answer. */
export const lockAnswerSchema = z
  .looseObject({ PIN: z.union([z.string(), z.number()]).nullish().catch(undefined) })
  .catch({});

/** The kept unlock PIN of a Mac. */
export const unlockPinSchema = z.looseObject({ pin: z.string().nullish() });

/** The assigned user of a device: `""` or null when there is none, else an object with an e-mail address. */
const assignedUserSchema = z.looseObject({ email: z.string() });

const EMAIL_PATTERN = /^[^\s@]+@[^\s@]+$/;

/**
 * The owner's e-mail address as the MDM states it, or undefined. A name, an id or any other text is never taken
 * for an address: an owner that does not resolve bars auto-approval (law L11), a wrong one would defeat it.
 */
export function ownerEmailOf(user: unknown): string | undefined {
  const parsed = assignedUserSchema.safeParse(user);
  if (!parsed.success) return undefined;
  const email = parsed.data.email.trim();
  return EMAIL_PATTERN.test(email) ? email : undefined;
}
