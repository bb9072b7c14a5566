import * as vscode from 'vscode';
import { openSample, pickFolder, pickSample } from '../samples/open-sample';
import { SAMPLES, type Sample } from '../samples/samples';
import type { CommandContext, Commands } from './commands';

/** Something to debug for those who have nothing yet. */
export function sampleCommands({ extension }: CommandContext): Commands {
  return {
    /**
     * @param id the sample's folder; undefined: a person is asked
     * @param into where to copy it; undefined: a person is asked
     */
    'ringside.openSample': async (id?: unknown, into?: unknown) => {
      const known: Sample | undefined = SAMPLES.find((sample) => sample.id === id);
      const sample = known ?? (await pickSample());
      const folder = sample && (into instanceof vscode.Uri ? into : await pickFolder());
      if (!sample || !folder) return;
      try {
        await openSample(extension, sample, folder);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        void vscode.window.showErrorMessage(text);
      }
    },
  };
}
