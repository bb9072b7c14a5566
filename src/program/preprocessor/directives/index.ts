import * as l10n from '@vscode/l10n';
import { FatalError } from '../../diagnostics';
import { closest } from '../../suggest';
import { tokensText, type Token } from '../../tokens';
import { CONDITION_NAMES } from '../condition-names';
import { FUNCTIONS } from '../functions';
import type { Preprocessor } from '../preprocessor';
import { pop, push } from './contexts';
import {
  aliases,
  assign,
  clear,
  define,
  defineAlias,
  undefine,
  undefineAlias,
} from './definitions';
import { depend, include, line, pathsearch, require, use } from './files';
import { stray, text, type Handler } from './handler';
import { macro, repeat, rotate, unmacro } from './macros';
import { arg, local, stacksize } from './stack';
import { defineString, defineToken, strcat, strlen, substr } from './strings';

function message(p: Preprocessor, args: readonly Token[]): string {
  const tokens = p.expand(args);
  const [only] = tokens;
  return only?.kind === 'string' && tokens.length === 1 ? text(only) : tokensText(tokens);
}

const nothing: Handler = () => undefined;

export const DIRECTIVE_HANDLERS: Readonly<Record<string, Handler>> = {
  define: define(false, false),
  idefine: define(true, false),
  xdefine: define(false, true),
  ixdefine: define(true, true),
  assign: assign(false),
  iassign: assign(true),
  defstr: defineString(false),
  idefstr: defineString(true),
  deftok: defineToken(false),
  ideftok: defineToken(true),
  undef: undefine,
  defalias: defineAlias(false),
  idefalias: defineAlias(true),
  undefalias: undefineAlias,
  aliases,
  strlen: strlen(false),
  istrlen: strlen(true),
  strcat: strcat(false),
  istrcat: strcat(true),
  substr: substr(false),
  isubstr: substr(true),
  pathsearch: pathsearch(false),
  ipathsearch: pathsearch(true),
  macro: macro(false, false),
  imacro: macro(true, false),
  rmacro: macro(false, true),
  rimacro: macro(true, true),
  irmacro: macro(true, true),
  unmacro: unmacro(false),
  unimacro: unmacro(true),
  endmacro: stray('%macro'),
  endm: stray('%macro'),
  exitmacro: (p, _args, directive) => {
    if (!p.leave('macro')) stray('%macro')(p, [], directive);
  },
  rep: repeat,
  endrep: stray('%rep'),
  exitrep: (p, _args, directive) => {
    if (!p.leave('repeat')) stray('%rep')(p, [], directive);
  },
  rotate,
  include,
  push,
  pop,
  repl: (p, args, directive) => {
    pop(p, [], directive);
    push(p, args, directive);
  },
  error: (p, args, directive) => {
    p.report('error', message(p, args), directive);
  },
  warning: (p, args, directive) => {
    p.report('warning', message(p, args), directive);
  },
  note: (p, args, directive) => {
    p.report('information', message(p, args), directive);
  },
  fatal: (p, args, directive) => {
    throw new FatalError(message(p, args), directive);
  },
  clear,
  use,
  require,
  depend,
  arg,
  local,
  stacksize,
  line,
  null: (p, args) => {
    p.expand(args);
  },
  pragma: nothing,
};

/** The message for a directive that does not exist. */
export function suggestDirective(written: string): string {
  const names = [
    ...Object.keys(DIRECTIVE_HANDLERS),
    ...Object.keys(FUNCTIONS),
    ...CONDITION_NAMES.flatMap((name) => [`if${name}`, `elif${name}`]),
    ...['else', 'endif'],
  ].map((name) => `%${name}`);
  const better = closest(written.toLowerCase(), names);
  return better === undefined
    ? l10n.t('`{0}`: no such preprocessor directive', written)
    : l10n.t('`{0}`: no such preprocessor directive; did you mean `{1}`?', written, better);
}
