import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Row } from '../../debugger/places/disassembly';
import { disassembleAround } from '../../debugger/places/disassembly';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { instructionReference, parseReference } from './memory-reference';
import { RequestError } from '../request-error';

/** More rows than any client shows, and than one message should hold. */
const MOST_ROWS = 50_000;

/** The Disassembly view: exactly as many rows as were asked for, by rising address. */
export function disassemblyRequests(context: SessionContext): Handlers {
  return {
    disassemble: handler((args: DebugProtocol.DisassembleArguments) => {
      const count = args.instructionCount;
      if (count > MOST_ROWS) {
        const name = '"instructionCount"';
        throw new RequestError(l10n.t('{0} is {1}: it can be {2} at most', name, count, MOST_ROWS));
      }
      // Right after the start a client may ask without knowing where.
      const reference =
        args.memoryReference === '' ? undefined : parseReference(args.memoryReference);
      if (!reference && args.memoryReference !== '') {
        throw new RequestError(l10n.t('{0} is no address', args.memoryReference));
      }
      const target = reference ? context.targetOf(reference.guest ?? 0) : context.debuggee.target;
      const { space, address } = reference ?? { space: 'gva' as const, address: target.linearRip };
      const guest = target.number;
      const from = address + BigInt(args.offset ?? 0);
      const rows = disassembleAround(target, space, from, args.instructionOffset ?? 0, count);
      let shown: string | undefined;
      const instructions = rows.map((row) => {
        const line = row.location && `${row.location.file}:${String(row.location.line)}`;
        const withPlace = line !== undefined && line !== shown;
        if (line !== undefined) shown = line;
        return dapRow(
          context,
          row,
          instructionReference({ space, address: row.address, guest }),
          withPlace,
        );
      });
      return { instructions };
    }),
  };
}

function dapRow(
  context: SessionContext,
  row: Row,
  address: string,
  withPlace: boolean,
): DebugProtocol.DisassembledInstruction {
  if (row.bytes === undefined)
    return { address, instruction: row.text, presentationHint: 'invalid' };
  const hex = [...row.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const { symbol, location } = row;
  return {
    address,
    instructionBytes: hex,
    instruction: row.text,
    ...(symbol !== undefined && { symbol }),
    ...(location &&
      withPlace && {
        location: context.shippedSources.source(location.file),
        line: context.clientLine(location.file, location.line),
        column: context.client.toClientColumn(location.column),
      }),
    ...(row.valid ? {} : { presentationHint: 'invalid' as const }),
  };
}
