import type { DebugProtocol } from '@vscode/debugprotocol';
import { canBeRestarted, type Frame } from '../../debugger/places/stack';
import { guestOfThread, type SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { instructionReference } from '../memory/memory-reference';
import { scopesOf } from './scopes';

/** The call stack and what belongs to its frames. */
export function stackRequests(context: SessionContext): Handlers {
  return {
    stackTrace: handler(({ threadId, startFrame, levels }: DebugProtocol.StackTraceArguments) => {
      const guest = guestOfThread(threadId) ?? context.debuggee.target.number;
      const frames = context.framesOf(guest);
      const first = startFrame ?? 0;
      const last = levels ? first + levels : frames.length;
      const stackFrames = frames.slice(first, last).map((frame, n) => ({
        ...dapFrame(context, guest, frame, first + n),
        ...(!canBeRestarted(frame, frames) && { canRestart: false }),
      }));
      return { stackFrames, totalFrames: frames.length };
    }),

    scopes: handler(({ frameId }: DebugProtocol.ScopesArguments) => ({
      scopes: scopesOf(context, context.frame(frameId)),
    })),
  };
}

function dapFrame(
  context: SessionContext,
  guest: number,
  frame: Frame,
  index: number,
): DebugProtocol.StackFrame {
  const { client, shippedSources } = context;
  const id = context.frameId(guest, index);
  switch (frame.kind) {
    case 'label':
      return { id, name: frame.name, line: 0, column: 0, presentationHint: 'label' };
    case 'monitor': {
      const { name, site } = frame;
      if (!site) return { id, name, line: 0, column: 0, moduleId: 'monitor' };
      return {
        id,
        name,
        source: shippedSources.source(site.file),
        line: client.toClientLine(site.line),
        column: client.toClientColumn(site.column),
        moduleId: 'monitor',
      };
    }
    case 'code': {
      const { name, location, address, side } = frame;
      return {
        id,
        name,
        ...(location && { source: shippedSources.identified(location.file) }),
        line: location ? context.clientLine(location.file, location.line) : 0,
        column: location ? client.toClientColumn(location.column) : 0,
        instructionPointerReference: instructionReference({
          space: side === 'host' ? 'hva' : 'gva',
          address,
          guest,
        }),
        moduleId: 'program',
        ...(!location && { presentationHint: 'subtle' as const }),
      };
    }
  }
}
