import * as events from './event-emitter';

/** As much of Node as the bundles that the browser and the desktop share ask for while they are used here. */

export type Modules = Readonly<Record<string, object | undefined>>;

/** @param files what there is to be read, by name: the bundles look beside themselves */
export function nodeModules(files: ReadonlyMap<string, Uint8Array>): Modules {
  return {
    events,
    url: { URL },
    path: { join: (...parts: string[]) => parts.join('/') },
    fs: {
      readFileSync: (path: string) => {
        const name = path.slice(path.lastIndexOf('/') + 1);
        const content = files.get(name);
        if (!content) throw new Error(`${name} is asked for before it is loaded`);
        return content;
      },
    },
    // A browser has no sockets; the adapter is called directly there.
    net: {},
  };
}

/** Stands in for `process` where a library looks at it. */
export const process = {
  platform: 'browser',
  env: {} as Record<string, string | undefined>,
  argv: [] as string[],
  cwd: () => '/',
  nextTick: (task: () => void) => {
    queueMicrotask(task);
  },
  on: () => process,
  exit: () => undefined,
};
