import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { modeOf } from '../../debugger/registers/registers';
import type { SessionContext } from '../context';
import { mustGoOn, reportStop } from './execution';
import { handler, then, type Handlers } from '../handlers';
import { instructionReference } from '../memory/memory-reference';
import { RequestError } from '../request-error';
import { firstOfEachRun, sourcesOfPrograms } from '../breakpoints/resolve-breakpoint';

/** Jump to cursor: the guest goes on elsewhere, with nothing executed on the way. */
export function gotoRequests(context: SessionContext): Handlers {
  const targets = new Map<number, bigint>();
  return {
    gotoTargets: handler((args: DebugProtocol.GotoTargetsArguments) => {
      const [found] = sourcesOfPrograms(context, args.source.path);
      const wanted = found && context.lineOf(found.file, args.line);
      const line = wanted && found.program.lines.nextCodeLine(found.file, wanted);
      if (!found || line === undefined) return { targets: [] };
      const { program, file } = found;
      return {
        targets: firstOfEachRun(program.lines.of(file, line)).map(({ address }) => {
          const id = targets.size + 1;
          targets.set(id, address);
          const there = context.clientLine(file, line);
          const label = l10n.t('line {0}, {1}', there, `0x${address.toString(16)}`);
          const reference = instructionReference({ space: 'gva', address });
          return {
            id,
            label,
            line: there,
            instructionPointerReference: reference,
          };
        }),
      };
    }),

    goto: handler(({ targetId }: DebugProtocol.GotoArguments) => {
      const address = targets.get(targetId);
      if (address === undefined) throw new RequestError(l10n.t('there is no such place'));
      if (context.debuggee.run.isRunning) throw new RequestError(l10n.t('the guest is running'));
      mustGoOn(context);
      const { code, side } = context.debuggee.target;
      if (side === 'monitor') {
        throw new RequestError(l10n.t('the monitor has control: step to the VM entry first'));
      }
      const { registers } = code;
      const long = modeOf(registers).bits === 64;
      registers.rip = long ? address : BigInt.asUintN(32, address - registers.segment(1).base);
      context.debuggee.edited();
      return then(() => {
        context.stateChanged();
        reportStop(context, { kind: 'goto' });
      });
    }),
  };
}
