import type { DebugProtocol } from '@vscode/debugprotocol';
import { hasLanes } from '../../isa/registers/units';
import {
  describeError,
  evaluate,
  ExpressionError,
  formatValue,
  helpText,
  naturalFormat,
  splitFormat,
  typeName,
  type ExpressionContext,
  type Format,
  type Value,
} from '../../debugger/expressions';
import { symbolAt } from '../../debugger/places/program-place';
import type { SessionContext } from '../context';
import { handler, Reply, type Handlers } from '../handlers';
import { RequestError } from '../request-error';
import { hasParts as isUnfoldable } from '../../debugger/variables/value-text';
import { hasParts, unitParts } from './unit-rows';
import { partRows } from './variable-rows';
import { displayOf } from './variables';
import { placeReference, worldOf, writable } from './worlds';

/** Contexts in which an expression is typed to be done, so that it may change something. */
const MAY_ASSIGN: ReadonlySet<string | undefined> = new Set(['repl', undefined]);

/** Watch, hover, console, clipboard. */
export function evaluateRequests(context: SessionContext): Handlers {
  return {
    evaluate: handler((args: DebugProtocol.EvaluateArguments) => {
      const world = worldOf(context, args.frameId);
      const allowed = MAY_ASSIGN.has(args.context) && !context.debuggee.run.isRunning;
      if (args.context === 'repl' && /^\s*help\s*$/i.test(args.expression)) return help();
      const { expression, format } = splitFormat(args.expression);
      try {
        const value = evaluate(expression, allowed ? writable(context, world) : world);
        const wanted = format ?? naturalFormat(value, displayOf(args.format).hex);
        const shown = format === undefined && !args.format?.hex ? value.text : undefined;
        const body = {
          ...responseBody(context, value, wanted, args.context, world),
          ...(shown !== undefined && { result: shown }),
        };
        if (!allowed || !/[^=!<>]=[^=]/.test(expression)) return body;
        return new Reply(body, () => {
          context.edited();
        });
      } catch (error) {
        if (error instanceof ExpressionError) throw new RequestError(describeError(error));
        throw error;
      }
    }),
  };
}

function help(): DebugProtocol.EvaluateResponse['body'] {
  return { result: helpText(), variablesReference: 0 };
}

function responseBody(
  context: SessionContext,
  value: Value,
  format: Format,
  where: string | undefined,
  world: ExpressionContext,
): DebugProtocol.EvaluateResponse['body'] {
  return {
    result: resultText(value, format, where, world),
    type: typeName(value.type),
    variablesReference: partsOf(context, value, world),
    presentationHint: { kind: 'data', ...(!value.assign && { attributes: ['readOnly'] }) },
    ...(value.memory && { memoryReference: placeReference(value.memory, world.target.number) }),
  };
}

/** Lanes and bits of a register, to be unfolded. */
function partsOf(
  context: SessionContext,
  { unit, compiled }: Value,
  world: ExpressionContext,
): number {
  if (compiled && isUnfoldable(compiled)) return context.reference(partRows(compiled), world);
  return unit && hasParts(unit) ? context.reference(unitParts(world, unit), world) : 0;
}

/** In hovers and the console there is room for more than the number. */
function resultText(
  value: Value,
  format: Format,
  where: string | undefined,
  world: ExpressionContext,
): string {
  const number = formatValue(value, format);
  if (where === 'clipboard') return number;
  const roomy = where === 'hover' || where === 'repl';
  // Watches unfold a vector into its lanes.
  const meaning = roomy || !value.unit || !hasLanes(value.unit) ? value.meaning?.() : undefined;
  const text = meaning ? `${number}  ${meaning}` : number;
  if (!roomy) return text;
  const decimal =
    format === 'x' && value.value > 9n && !meaning && (value.width ?? 64) <= 64
      ? ` = ${formatValue(value, 'u')}`
      : '';
  const named = world.world.isProgram && value.type !== 'constant';
  const name = named ? pointsTo(value, world) : undefined;
  const note = value.note === undefined ? '' : `\n${value.note}`;
  return `${text}${decimal}${name === undefined ? '' : ` <${name}>`}${note}`;
}

/** The symbol that a wide value would be an address of. */
function pointsTo(
  { value, width = 64, real, type }: Value,
  world: ExpressionContext,
): string | undefined {
  const wide = !real && width >= 16 && width <= 64 && value > 0xffn && type !== 'control register';
  return wide ? symbolAt(world.target, value, world.memory) : undefined;
}
