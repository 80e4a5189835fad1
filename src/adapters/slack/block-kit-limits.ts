/**
 * Slack's limits for the parts of Block Kit that we use (docs.slack.dev, "Block Kit reference"; lengths in
 * characters, counted here as UTF-16 units of what is sent, which is never too few). A test compares the numbers
 * with the words in the type comments of `@slack/types`.
 */
export const LIMITS = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** Slack recommends this much and cuts at 40,000. */
  messageText: 4_000,
  textObject: 3_000,
  blockId: 255,
  actionId: 255,
  headerText: 150,
  sectionText: 3_000,
  sectionFields: 10,
  sectionFieldText: 2_000,
  contextElements: 10,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2_000,
  buttonAccessibilityLabel: 75,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  inputLabel: 2_000,
  inputHint: 2_000,
  inputPlaceholder: 150,
  inputMaxLength: 3_000,
  viewTitle: 24,
  viewButton: 24,
  callbackId: 255,
  privateMetadata: 3_000,
} as const;
