/**
 * A character that people do not see and machines read: zero width, bidirectional controls, tags, soft hyphens and
 * other controls (Unicode's Cc, Cf and Default_Ignorable_Code_Point).
 */
export const machineText = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u
