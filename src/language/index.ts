/** The language service: what an editor asks about assembly. Plain objects in and out; it knows no editor. */

export type { ProgramOptions } from './analysis';
export type { NamedFile } from './completion/completion';
export type { CompletionItem, ItemKind } from './completion/item';
export type { Fix } from './fixes';
export type { Fold } from './folding';
export type { FormatOptions, TextEdit } from './format/format';
export type { Hover } from './hover/hover';
export type { OutlineItem, OutlineKind, WorkspaceSymbol } from './outline';
export type { Problem } from './problems';
export { RenameError, type Edit } from './rename';
export type { SemanticToken } from './semantic-tokens';
export { TOKEN_MODIFIERS, TOKEN_TYPES } from './token-types';
export { LanguageService, type LanguageHost } from './service';
export { speak } from './speak';
export type { SignatureHelp } from './signature';
export type { Place, Position, Range } from './text';
