import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from '../diagnostics';
import { isOp, type Token, type TokenLine } from '../tokens';
import { pasteAdjacent, splitAtCommas } from './paste';

/** A `%macro` … `%endmacro` (NASM manual 4.3). */
export interface MultiLineMacro {
  readonly name: string;
  readonly caseless: boolean;
  readonly minimum: number;
  /** Infinity for `1-*`. */
  readonly maximum: number;
  /** `+`: the last parameter takes the rest of the line. */
  readonly greedy: boolean;
  readonly defaults: readonly (readonly Token[])[];
  readonly body: readonly TokenLine[];
  readonly span: Span;
  /** How many calls of itself it may make (`%rmacro` only). */
  readonly recursion: number;
  /** Calls in progress. */
  active: number;
}

/** One call of a macro. */
export interface MacroCall {
  readonly macro: MultiLineMacro;
  parameters: readonly (readonly Token[])[];
  readonly label: readonly Token[];
  readonly name: Token;
  /** Distinguishes the `%%labels` of one call from those of another. */
  readonly unique: number;
}

const INVERSE: Readonly<Record<string, string>> = Object.fromEntries(
  ['a:na', 'ae:nae', 'b:nb', 'be:nbe', 'c:nc', 'e:ne', 'g:ng', 'ge:nge', 'l:nl', 'le:nle']
    .concat(['o:no', 'p:np', 'pe:po', 's:ns', 'z:nz', 'cxz:ncxz', 'ecxz:necxz', 'rcxz:nrcxz'])
    .flatMap((pair) => {
      const [a = '', b = ''] = pair.split(':');
      return [
        [a, b],
        [b, a],
      ];
    }),
);

type Header = Omit<MultiLineMacro, 'body' | 'active'>;

/** Parses what stands after `%macro`. */
export function parseHeader(
  directive: Token,
  tokens: readonly Token[],
  caseless: boolean,
  recursive: boolean,
): Header {
  const [name, ...rest] = tokens;
  if (name?.kind !== 'id')
    throw new SourceError(l10n.t('`{0}` needs a name', directive.text), name ?? directive);
  const text: string[] = [];
  let used = 0;
  for (const token of rest) {
    const wanted =
      token.kind === 'number' || /^[-+*]$/.test(token.text) || /^\.?nolist$/i.test(token.text);
    if (!wanted || (used > 0 && token.space && !/[-]$/.test(text.join('')))) break;
    text.push(token.text.toLowerCase());
    used++;
  }
  const match = /^(?:(\d+)(?:-(\d+|\*))?(\+)?)?(?:\.nolist)?$/.exec(text.join(''));
  if (!match) {
    throw new SourceError(
      l10n.t(
        '`{0}` is not a number of parameters (write `2`, `1-3`, `1-*` or `1+`)',
        text.join(''),
      ),
      rest[0] ?? name,
    );
  }
  const [, low, high, plus] = match;
  const minimum = Number(low ?? 0);
  const maximum = high === undefined ? minimum : high === '*' ? Infinity : Number(high);
  const after = rest.slice(used);
  const hasDefaults = after.length > 0 && !(after.length === 1 && after[0]?.text === '.nolist');
  return {
    name: name.text,
    caseless,
    minimum,
    maximum,
    greedy: plus !== undefined,
    defaults: hasDefaults ? splitAtCommas(after).map(unbraced) : [],
    span: name,
    recursion: recursive ? 1000 : 0,
  };
}

function unbraced(tokens: Token[]): Token[] {
  const whole = isOp(tokens[0], '{') && isOp(tokens[tokens.length - 1], '}');
  return whole ? tokens.slice(1, -1) : tokens;
}

/** Cuts a call's parameters at commas; braces keep commas (NASM manual 4.3). */
export function callParameters(tokens: readonly Token[]): Token[][] {
  if (tokens.length === 0) return [];
  const parts: Token[][] = [[]];
  let braces = 0;
  for (const token of tokens) {
    const last = parts[parts.length - 1] ?? [];
    if (isOp(token, '{') && (braces > 0 || last.length === 0)) braces++;
    else if (isOp(token, '}') && braces > 0) braces--;
    if (braces === 0 && isOp(token, ',')) parts.push([]);
    else last.push(token);
  }
  return parts.map(unbraced);
}

/** Whether a macro takes `count` parameters. */
export function takes(macro: MultiLineMacro, count: number): boolean {
  return count >= macro.minimum && (count <= macro.maximum || macro.greedy);
}

/** The parameters of a call with greedy ones joined and defaults filled in. */
export function completeParameters(
  macro: MultiLineMacro,
  given: readonly Token[][],
  comma: Span,
): (readonly Token[])[] {
  const { minimum, maximum, greedy, defaults } = macro;
  let parameters: (readonly Token[])[] = [...given];
  if (greedy && parameters.length > maximum) {
    const { file, line, column, endColumn } = comma;
    const rest: Token[] = [];
    parameters.slice(maximum - 1).forEach((part, i) => {
      if (i > 0) rest.push({ kind: 'op', text: ',', space: false, file, line, column, endColumn });
      rest.push(...part);
    });
    parameters = [...parameters.slice(0, maximum - 1), rest];
  }
  const wanted = maximum === Infinity ? minimum + defaults.length : maximum;
  while (parameters.length < wanted && defaults[parameters.length - minimum])
    parameters.push(defaults[parameters.length - minimum] ?? []);
  return parameters;
}

const numberToken = (n: number, like: Token): Token => ({
  ...like,
  kind: 'number',
  text: String(n),
});

function range(call: MacroCall, first: number, last: number, token: Token): Token[] {
  const count = call.parameters.length;
  const index = (n: number): number => (n < 0 ? count + n : n - 1);
  const [from, to] = [index(first), index(last)];
  const step = from <= to ? 1 : -1;
  const out: Token[] = [];
  for (let i = from; i !== to + step; i += step) {
    if (i < 0 || i >= count) continue;
    if (out.length > 0) out.push({ ...token, kind: 'op', text: ',', space: false });
    out.push(...(call.parameters[i] ?? []));
  }
  return out;
}

/** What a `%…` token of a macro body stands for in one call; undefined when it is none of the macro's. */
function replacement(token: Token, call: MacroCall): readonly Token[] | undefined {
  const text = token.text;
  if (text === '%0') return [numberToken(call.parameters.length, token)];
  if (text === '%00') return call.label;
  if (text === '%?' || text === '%??')
    return [{ ...token, kind: 'id', text: text === '%?' ? call.name.text : call.macro.name }];
  const plain = /^%(\d+)$/.exec(text);
  if (plain) return call.parameters[Number(plain[1]) - 1] ?? [];
  if (text.startsWith('%%') && text.length > 2)
    return [{ ...token, kind: 'id', text: `..@${call.unique}.${text.slice(2)}` }];
  const condition = /^%([-+])(\d+)$/.exec(text);
  if (condition) {
    const [own] = call.parameters[Number(condition[2]) - 1] ?? [];
    const code = own?.text.toLowerCase() ?? '';
    if (!own || !(code in INVERSE))
      throw new SourceError(
        l10n.t('the macro needs a condition code here, such as `z`'),
        own ?? token,
      );
    return [{ ...own, text: condition[1] === '-' ? (INVERSE[code] ?? code) : code }];
  }
  const between = /^%(-?\d+):(-?\d+)$/.exec(text);
  if (between) return range(call, Number(between[1]), Number(between[2]), token);
  return undefined;
}

/** Puts the parameters of a call into a line of the macro's body. */
export function substitute(line: readonly Token[], call: MacroCall): readonly Token[] {
  let changed = false;
  const out: Token[] = [];
  for (const token of line) {
    if (token.kind === 'pre' && token.text.startsWith('%[')) {
      const text = token.text.replace(/%(\d+|%\w+)/g, (whole) => {
        const tokens = replacement({ ...token, text: whole }, call);
        return tokens ? tokens.map((t) => t.text).join(' ') : whole;
      });
      out.push({ ...token, text });
      continue;
    }
    const found = token.kind === 'pre' ? replacement(token, call) : undefined;
    if (!found) {
      out.push(token);
      continue;
    }
    changed = true;
    found.forEach((t, i) =>
      out.push(i === 0 && t.space !== token.space ? { ...t, space: token.space } : t),
    );
  }
  return changed ? pasteAdjacent(out) : out;
}
