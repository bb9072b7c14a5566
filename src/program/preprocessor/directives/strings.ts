import * as l10n from '@vscode/l10n';
import { SourceError } from '../../diagnostics';
import { tokenize } from '../../lexer';
import { stringBytes } from '../../literals';
import { isOp, tokensText } from '../../tokens';
import { splitAtCommas } from '../paste';
import { setText } from './definitions';
import { bytesToken, concatenated, substring } from '../string-values';
import { nameOf, stringToken, strings, text, type Handler } from './handler';

/** Directives on strings (NASM manual 4.2). */

export const defineString =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    setText(p, name, caseless, [stringToken(tokensText(p.expand(args.slice(1))), name)]);
  };

export const defineToken =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const [string] = strings(p, args.slice(1), directive);
    if (string) setText(p, name, caseless, tokenize(text(string), name.file, name.line));
  };

export const strlen =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const [string] = strings(p, args.slice(1), directive);
    const length = string ? stringBytes(string.text).length : 0;
    setText(p, name, caseless, p.numberTokens(BigInt(length), name));
  };

export const strcat =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const all = concatenated(strings(p, args.slice(1), directive), name);
    setText(p, name, caseless, [bytesToken(all, name)]);
  };

export const substr =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const expanded = p.expand(args.slice(1));
    const [string, ...rest] = isOp(expanded[0], ',') ? expanded.slice(1) : expanded;
    if (string?.kind !== 'string')
      throw new SourceError(
        l10n.t('`{0}` needs a string in quotes', directive.text),
        string ?? directive,
      );
    const [from, count] = splitAtCommas(isOp(rest[0], ',') ? rest.slice(1) : rest);
    const start = from && from.length > 0 ? p.evaluate(from, directive) : 1n;
    const wanted = count && count.length > 0 ? p.evaluate(count, directive) : 1n;
    const part = substring(stringBytes(string.text), Number(start), Number(wanted));
    setText(p, name, caseless, [bytesToken(part, name)]);
  };
