import * as l10n from '@vscode/l10n';
import { FatalError, SourceError } from '../../diagnostics';
import type { TokenLine } from '../../tokens';
import { makeFrame } from '../frames';
import { parseHeader } from '../multi-line-macros';
import { nameOf, type Handler } from './handler';

/** Directives of multi-line macros and repetitions (NASM manual 4.3 and 4.5). */

const MAX_REPEAT = 1_000_000n;

export const macro =
  (caseless: boolean, recursive: boolean): Handler =>
  (p, args, directive) => {
    // The lines are taken first, so that a bad header does not let the body loose on the parser.
    const body = p.collect(directive, /^%i?r?i?macro$/i, /^%endm(acro)?$/i);
    const header = parseHeader(directive, p.expand(args), caseless, recursive);
    const made = { ...header, body, active: 0 };
    p.multiLine.define(made);
    p.host.recorder?.define('macro', made.name, made.span, { as: 'macro', macro: made });
  };

export const unmacro =
  (caseless: boolean): Handler =>
  (p, args, directive) => {
    const name = nameOf(args, directive);
    const { minimum, maximum } = parseHeader(directive, args, false, false);
    p.host.recorder?.use('macro', name.text, name);
    p.multiLine.undefine(name.text, caseless, minimum, maximum);
  };

export const repeat: Handler = (p, args, directive) => {
  const body: TokenLine[] = p.collect(directive, /^%rep$/i, /^%endrep$/i);
  const tokens = args.filter((t) => t.text.toLowerCase() !== '.nolist');
  const count = p.evaluate(tokens, directive);
  if (count > MAX_REPEAT) {
    throw new FatalError(
      l10n.t('`%rep` {0} times is more than the limit of {1}', String(count), String(MAX_REPEAT)),
      directive,
    );
  }
  if (count <= 0n) {
    if (count < 0n)
      p.report(
        'warning',
        l10n.t('`%rep` with the negative count {0} does nothing', String(count)),
        directive,
      );
    return;
  }
  if (body.length === 0) return;
  const { frame } = p;
  p.push(makeFrame('repeat', body, frame.path, frame.callers, frame.call, Number(count)));
};

export const rotate: Handler = (p, args, directive) => {
  const { call } = p.frame;
  if (!call) throw new SourceError(l10n.t('`%rotate` works only inside a macro'), directive);
  const by = Number(p.evaluate(args, directive));
  const count = call.parameters.length;
  if (count === 0) return;
  const shift = ((by % count) + count) % count;
  call.parameters = [...call.parameters.slice(shift), ...call.parameters.slice(0, shift)];
};
