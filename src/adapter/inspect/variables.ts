import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  assignExpression,
  describeError,
  ExpressionError,
  formatValue,
  naturalFormat,
  splitFormat,
  typeName,
  type ExpressionContext,
} from '../../debugger/expressions';
import type { SessionContext } from '../context';
import { handler, Reply, type Handlers } from '../handlers';
import { memoryReference } from '../memory/memory-reference';
import { RequestError } from '../request-error';
import type { Display, Row } from './variable-source';
import { placeReference, worldOf, writable } from './worlds';

/** The rows of scopes, and edits. */
export function variableRequests(context: SessionContext): Handlers {
  return {
    variables: handler((args: DebugProtocol.VariablesArguments) => {
      const { rows: read, world } = context.source(args.variablesReference);
      const rows = read(displayOf(args.format));
      const from = args.start ?? 0;
      const some = args.count ? rows.slice(from, from + args.count) : rows.slice(from);
      return { variables: some.map((row) => dapVariable(context, row, world)) };
    }),

    setVariable: handler((args: DebugProtocol.SetVariableArguments) => {
      const { rows: read, world } = context.source(args.variablesReference);
      const rows = read(displayOf(args.format));
      const row = rows.find(({ name }) => name === args.name);
      if (!row) throw new RequestError(l10n.t('there is no variable {0}', args.name));
      if (row.expression === undefined || row.readOnly) {
        throw new RequestError(l10n.t('{0} cannot be changed', args.name));
      }
      return assigned(context, world, row.expression, args.value, args.format);
    }),

    setExpression: handler((args: DebugProtocol.SetExpressionArguments) =>
      assigned(context, worldOf(context, args.frameId), args.expression, args.value, args.format),
    ),
  };
}

export function displayOf(format: DebugProtocol.ValueFormat | undefined): Display {
  // Hexadecimal is what people expect of registers: only an explicit false asks for decimal.
  return { hex: format?.hex ?? true, asked: format?.hex === true };
}

function dapVariable(
  context: SessionContext,
  row: Row,
  world: ExpressionContext,
): DebugProtocol.Variable {
  const { name, value, type, expression, memory, children, readOnly } = row;
  return {
    name,
    value,
    ...(type !== undefined && { type }),
    ...(expression !== undefined && { evaluateName: expression }),
    ...(memory && { memoryReference: memoryReference({ ...memory, guest: world.target.number }) }),
    ...(readOnly && { presentationHint: { attributes: ['readOnly'] } }),
    variablesReference: children ? context.reference(children, world) : 0,
  };
}

/** Clients start an edit from the shown value: what is only decoration is cut off. */
const DECORATED =
  /^(\s*(?:0x[\da-f]+|-?(?:\d+(?:\.\d+)?(?:e[+-]\d+)?|inf|nan(?:\(0x[\da-f]+\))?)))\s*(?:<[^<>]*>|\[[^[\]]*\])\s*$/i;

type AssignedBody = DebugProtocol.SetVariableResponse['body'] &
  DebugProtocol.SetExpressionResponse['body'];

function assigned(
  context: SessionContext,
  world: ExpressionContext,
  target: string,
  text: string,
  format: DebugProtocol.ValueFormat | undefined,
): Reply {
  if (context.debuggee.run.isRunning) throw new RequestError(l10n.t('the guest is running'));
  const plain = DECORATED.exec(text)?.[1] ?? text;
  const { expression, format: wanted } = splitFormat(target);
  try {
    const value = assignExpression(expression, plain, writable(context, world));
    const body: AssignedBody = {
      value:
        (wanted === undefined && !format?.hex ? value.text : undefined) ??
        formatValue(value, wanted ?? naturalFormat(value, displayOf(format).hex)),
      type: typeName(value.type),
      variablesReference: 0,
      ...(value.memory && { memoryReference: placeReference(value.memory, world.target.number) }),
    };
    return new Reply(body, () => {
      context.edited();
    });
  } catch (error) {
    if (error instanceof ExpressionError) throw new RequestError(describeError(error));
    throw error;
  }
}
