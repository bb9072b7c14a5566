import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AddressSpace, DebugMemory } from '../../debugger/memory';
import { fromBase64, toBase64 } from './base64';
import type { SessionContext } from '../context';
import { handler, Reply, type Handlers } from '../handlers';
import { parseReference } from './memory-reference';
import { RequestError } from '../request-error';

/** More than this is not read at once; the client asks again for the rest. */
const LONGEST_READ = 1 << 22;
const PAGE = 4096n;

/** Memory in every address space, to read and to write. */
export function memoryRequests(context: SessionContext): Handlers {
  return {
    readMemory: handler((args: DebugProtocol.ReadMemoryArguments) => {
      const { memory, space, address } = placeOf(context, args.memoryReference, args.offset);
      const count = Math.min(args.count, LONGEST_READ);
      const block = memory.read(space, address, count);
      const body = { address: `0x${address.toString(16)}`, data: toBase64(block.data) };
      if (block.unreadable === 0) return body;
      const hole = address + BigInt(block.data.length);
      return { ...body, unreadableBytes: holeLength(memory, space, hole, block.unreadable) };
    }),

    writeMemory: handler((args: DebugProtocol.WriteMemoryArguments) => {
      if (context.debuggee.run.isRunning) throw new RequestError(l10n.t('the guest is running'));
      const { memory, space, address } = placeOf(context, args.memoryReference, args.offset);
      const data = fromBase64(args.data);
      const readable = memory.read(space, address, data.length).data.length;
      if (readable < data.length && !args.allowPartial) {
        const hole = `0x${(address + BigInt(readable)).toString(16)}`;
        throw new RequestError(l10n.t('there is no memory at {0}: nothing was written', hole));
      }
      const bytesWritten = memory.write(space, address, data);
      return new Reply({ bytesWritten }, () => {
        const { memoryReference, offset } = args;
        context.send('memory', { memoryReference, offset: offset ?? 0, count: bytesWritten });
        context.edited();
      });
    }),
  };
}

function placeOf(
  context: SessionContext,
  reference: string,
  offset = 0,
): { readonly memory: DebugMemory; readonly space: AddressSpace; readonly address: bigint } {
  const at = parseReference(reference);
  if (!at) throw new RequestError(l10n.t('{0} is no address', reference));
  const target = context.targetOf(at.guest ?? 0);
  const address = BigInt.asUintN(64, at.address + BigInt(offset));
  if (at.space === 'hva') return { memory: target.hostMemory, space: 'gva', address };
  return { memory: target.memory, space: at.space, address };
}

/** How many bytes to skip before reading can go on. */
function holeLength(memory: DebugMemory, space: AddressSpace, from: bigint, most: number): number {
  const end = from + BigInt(most);
  let at = from;
  while (at < end) {
    at = (at / PAGE + 1n) * PAGE;
    if (at >= end || memory.read(space, BigInt.asUintN(64, at), 1).data.length > 0) break;
  }
  return Number((at < end ? at : end) - from);
}
