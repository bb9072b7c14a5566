import * as l10n from '@vscode/l10n';
import {
  guestNames,
  recordingOf,
  UnreadableRecording,
  writeRecording,
  type Recorder,
} from '../../session';
import type { SessionContext } from '../context';
import type { Handlers } from '../handlers';
import { toBase64 } from '../memory/base64';
import { RequestError } from '../request-error';
import { PastRequest, type SavedRecording } from './protocol';

/** Recordings of the present timeline, as files. */
export function recordingRequests(context: SessionContext): Handlers {
  return { [PastRequest.SAVE]: () => saved(context) };
}

/** @throws RequestError where nothing is recorded, or the guest is running */
function saved(context: SessionContext): SavedRecording {
  const { debuggee } = context;
  const recorder = recorderOf(context);
  if (debuggee.run.isRunning) {
    throw new RequestError(l10n.t('the guest is running: pause it first'));
  }
  const { machine, guests, run } = debuggee;
  const names = debuggee.guestNames;
  const bookmarks = (run.bookmarks?.all ?? []).filter(
    ({ timeline }) => timeline === recorder.timeline,
  );
  const recording = recordingOf({
    machine,
    recorder,
    guests: guests.map(({ programs }, n) => ({ name: names[n] ?? '', programs })),
    bookmarks: bookmarks.map(({ name, moment, instructions }) => ({ name, moment, instructions })),
    sources: context.sourceTexts,
    date: new Date(),
  });
  try {
    const [name = ''] = guestNames([names[0] ?? '']);
    return { data: toBase64(writeRecording(recording)), name: `${name || 'guest'}.ringside` };
  } catch (error) {
    if (error instanceof UnreadableRecording) throw new RequestError(error.message, true);
    throw error;
  }
}

function recorderOf({ debuggee }: SessionContext): Recorder {
  const { recorder } = debuggee.run;
  if (recorder) return recorder;
  throw new RequestError(
    debuggee.machine.options.monitor === 'translate'
      ? l10n.t(
          'a session with "monitor": "translate" cannot be recorded, as it is not always the same twice',
        )
      : l10n.t('the past of this session is not recorded'),
    true,
  );
}
