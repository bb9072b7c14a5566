import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { unitGroups } from '../../debugger/views/unit-items';
import type { ExpressionContext } from '../../debugger/expressions';
import { variablesOf } from '../../debugger/variables/compiled-variables';
import type { PlacedFrame, SessionContext } from '../context';
import { controlRows, flagRows, generalRows, segmentRows } from './register-rows';
import { fieldRows, operationRows } from './operation-rows';
import { unitGroupRows } from './unit-rows';
import { variableRows } from './variable-rows';
import type { VariableSource } from './variable-source';
import { contextOf } from './worlds';

/** Variables, where a compiler has told of some. */
function variableScopes(
  world: ExpressionContext,
  scope: (
    name: string,
    source: VariableSource,
    more?: Partial<DebugProtocol.Scope>,
  ) => DebugProtocol.Scope,
): DebugProtocol.Scope[] {
  const locals = variablesOf(world, 'locals').length > 0;
  const globals = variablesOf(world, 'globals').length;
  return [
    ...(locals
      ? [scope(l10n.t('Locals'), variableRows(world, 'locals'), { presentationHint: 'locals' })]
      : []),
    ...(globals > 0
      ? [scope(l10n.t('Globals'), variableRows(world, 'globals'), { namedVariables: globals })]
      : []),
  ];
}

/** The scopes of a frame: the registers of its world; in the monitor, the operation at hand first. */
export function scopesOf(context: SessionContext, placed: PlacedFrame): DebugProtocol.Scope[] {
  const { target, frame } = placed;
  if (frame.kind === 'label') return [];
  const world = contextOf(placed);
  const scope = (
    name: string,
    source: VariableSource,
    more: Partial<DebugProtocol.Scope> = {},
  ): DebugProtocol.Scope => ({
    name,
    variablesReference: context.reference(source, world),
    expensive: false,
    ...more,
  });
  const registers = [
    scope(
      frame.kind === 'monitor' ? l10n.t('Host registers') : l10n.t('Registers'),
      (display) => generalRows(world, display),
      { presentationHint: 'registers' },
    ),
    scope(l10n.t('Flags'), (display) => flagRows(world, display)),
    scope(l10n.t('Control registers'), (display) => controlRows(world, display)),
    scope(l10n.t('Segments'), (display) => segmentRows(world, display)),
    ...unitGroups(world.registers).map(({ id, label }) => scope(label, unitGroupRows(world, id))),
  ];
  if (frame.kind === 'code') return [...variableScopes(world, scope), ...registers];
  return [
    scope(l10n.t('Operation'), () => operationRows(target), { presentationHint: 'locals' }),
    scope(l10n.t('{0} fields touched', target.technique.structure?.name ?? 'VMCS'), (display) =>
      fieldRows(target, display),
    ),
    ...registers,
  ];
}
