import { typeText, Unavailable } from '../../debug-info';
import type { ExpressionContext } from '../../debugger/expressions';
import type { CompiledValue } from '../../debugger/variables/compiled-value';
import { variablesOf } from '../../debugger/variables/compiled-variables';
import { hasParts, partsOf, valueText } from '../../debugger/variables/value-text';
import type { Display, Row, VariableSource } from './variable-source';

/** Variables of compiled programs for the Variables view, watches and hovers. */

/** Those of a function, or of its file. */
export const variableRows =
  (context: ExpressionContext, which: 'locals' | 'globals'): VariableSource =>
  (display) =>
    variablesOf(context, which).map(({ name, value }) =>
      typeof value === 'string'
        ? { name, value: `<${value}>`, readOnly: true }
        : valueRow(name, value, display),
    );

/** What a variable unfolds into. */
export const partRows =
  (value: CompiledValue): VariableSource =>
  (display) => {
    try {
      return partsOf(value).map((part) => valueRow(part.name, part.value, display));
    } catch (error) {
      if (error instanceof Unavailable) return [];
      throw error;
    }
  };

function valueRow(name: string, value: CompiledValue, { asked }: Display): Row {
  const { address, context } = value;
  const space = context.world.side === 'host' ? 'hva' : 'gva';
  return {
    name,
    value: valueText(value, asked),
    type: typeText(value.type),
    expression: value.expression,
    readOnly: value.assign === undefined,
    ...(address !== undefined && { memory: { space, address } }),
    ...(hasParts(value) && { children: partRows(value) }),
  };
}
