import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from '../diagnostics';
import { tokenize } from '../lexer';
import { stringBytes } from '../literals';
import { tokensText, type Token } from '../tokens';
import { CONDITION_NAMES } from './condition-names';
import { joinArguments } from './macro-arguments';
import { bytesToken, concatenated, substring } from './string-values';

/** What functions need from the preprocessor. */
export interface FunctionHost {
  expand(tokens: readonly Token[]): readonly Token[];
  evaluate(tokens: readonly Token[], place: Token | undefined): bigint;
  numberTokens(n: bigint, like: Token | undefined): Token[];
  /** Whether `%if…` with this name after the `%if` would hold. */
  holds(condition: string, args: readonly Token[], place: Token): boolean;
  warn(message: string, span: Span): void;
}

/** A preprocessor function: gives the tokens that stand for the call. Throws SourceError. */
export type PreprocessorFunction = (
  host: FunctionHost,
  args: readonly Token[][],
  call: Token,
) => readonly Token[];

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';

/** The most digits that `%num()` gives. */
const MAX_DIGITS = 253n;

function takes(args: readonly Token[][], least: number, most: number, call: Token): void {
  if (args.length >= least && args.length <= most) return;
  throw new SourceError(
    l10n.t('the macro `{0}` does not take {1} argument(s)', call.text, args.length),
    call,
  );
}

/** The argument's value; `otherwise` when it is left out. */
function number(
  host: FunctionHost,
  args: readonly Token[][],
  i: number,
  call: Token,
  otherwise: bigint,
): bigint {
  const own = args[i];
  return own && own.length > 0 ? host.evaluate(own, call) : otherwise;
}

function string(host: FunctionHost, arg: readonly Token[] | undefined, call: Token): Token {
  const [token, ...more] = host.expand(arg ?? []);
  if (token?.kind === 'string' && more.length === 0) return token;
  throw new SourceError(l10n.t('`{0}` needs a string in quotes', call.text), token ?? call);
}

const numeral: PreprocessorFunction = (host, args, call) => {
  takes(args, 1, 3, call);
  let n = BigInt.asUintN(64, number(host, args, 0, call, 0n));
  const asked = number(host, args, 1, call, -1n);
  const base = number(host, args, 2, call, 10n);
  if (base < 2n || base > 64n)
    throw new SourceError(l10n.t('the base must be 2 to 64, not {0}', String(base)), call);
  if (asked > MAX_DIGITS || asked < -MAX_DIGITS)
    throw new SourceError(l10n.t('at most {0} digits', String(MAX_DIGITS)), call);
  const least = Number(asked < 0n ? -asked : asked);
  const fixed = asked > 0n;
  let digits = '';
  while (fixed ? digits.length < least : n > 0n || digits.length < least) {
    digits = (DIGITS[Number(n % base)] ?? '') + digits;
    n /= base;
  }
  return [bytesToken(new TextEncoder().encode(digits), call)];
};

const select: PreprocessorFunction = (host, args, call) => {
  takes(args, 2, Infinity, call);
  const which = number(host, args, 0, call, 0n);
  if (which < 1n || which >= BigInt(args.length)) return [];
  return args[Number(which)] ?? [];
};

const BASIC: Readonly<Record<string, PreprocessorFunction>> = {
  abs: (host, args, call) => {
    takes(args, 1, 1, call);
    const n = number(host, args, 0, call, 0n);
    return host.numberTokens(n < 0n ? -n : n, call);
  },
  cond: (host, args, call) => {
    takes(args, 2, 3, call);
    return args[number(host, args, 0, call, 0n) === 0n ? 2 : 1] ?? [];
  },
  count: (host, args, call) => host.numberTokens(BigInt(args.length), call),
  eval: (host, args, call) =>
    joinArguments(
      args.map((own) => host.numberTokens(host.evaluate(own, call), call)),
      call,
    ),
  num: numeral,
  sel: select,
  str: (host, args, call) => {
    const text = tokensText(host.expand(joinArguments([...args], call)));
    return [bytesToken(new TextEncoder().encode(text), call)];
  },
  strcat: (host, args, call) => {
    const strings = args.map((own) => string(host, own, call));
    return [bytesToken(concatenated(strings, call), call)];
  },
  strlen: (host, args, call) => {
    takes(args, 1, 1, call);
    const { length } = stringBytes(string(host, args[0], call).text);
    return host.numberTokens(BigInt(length), call);
  },
  substr: (host, args, call) => {
    takes(args, 2, 3, call);
    const bytes = stringBytes(string(host, args[0], call).text);
    const start = number(host, args, 1, call, 1n);
    const count = number(host, args, 2, call, -1n);
    return [bytesToken(substring(bytes, Number(start), Number(count)), call)];
  },
  tok: (host, args, call) => {
    takes(args, 1, 1, call);
    const text = new TextDecoder().decode(stringBytes(string(host, args[0], call).text));
    return tokenize(text, call.file, call.line);
  },
};

function* conditionFunctions(): Generator<[string, PreprocessorFunction]> {
  for (const condition of CONDITION_NAMES) {
    yield [
      `is${condition}`,
      (host, args, call) => {
        const held = host.holds(condition, joinArguments([...args], call), call);
        return host.numberTokens(held ? 1n : 0n, call);
      },
    ];
  }
}

/** The functions of NASM 2.16 by name (manual 4.4). */
export const FUNCTIONS: Readonly<Record<string, PreprocessorFunction>> = {
  ...BASIC,
  ...Object.fromEntries(conditionFunctions()),
};
