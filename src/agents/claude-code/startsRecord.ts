/** Where a record may begin behind a torn one on the same line. */
export const STARTS_RECORD =
  /\{"(?:parentUuid|logicalParentUuid|isSidechain|uuid|sessionId)":|\{"type":"(?:user|assistant|system|attachment|progress|summary|custom-title|ai-title|last-prompt|file-history-snapshot|queue-operation)"/g;
