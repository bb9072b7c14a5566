import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SOURCES = resolve(__dirname, '../src');

/** What a file imports when it is loaded: types are gone by then. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\s+from '(\.[^']+)';/gm);
  return [...statements].flatMap(([, names = '', path = '']) => {
    const onlyTypes = /^\{(\s*type\s[^,}]+,?)+\s*\}$/.test(names);
    const base = resolve(dirname(file), path);
    const target = [`${base}.ts`, join(base, 'index.ts')].find((name) => existsSync(name));
    return onlyTypes || !target?.startsWith(SOURCES) ? [] : [target];
  });
}

/** The files of a circle of imports that leads back to one of those being looked at. */
function circleFrom(file: string, path: string[], done: Set<string>): string[] | undefined {
  const start = path.indexOf(file);
  if (start >= 0) return [...path.slice(start), file];
  if (done.has(file)) return undefined;
  done.add(file);
  for (const next of importsOf(file)) {
    const circle = circleFrom(next, [...path, file], done);
    if (circle) return circle;
  }
  return undefined;
}

describe('The sources', () => {
  it('import each other in no circle', () => {
    const done = new Set<string>();
    for (const name of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const circle = circleFrom(join(SOURCES, name), [], done);
      assert.equal(circle?.map((file) => relative(SOURCES, file)).join(' → '), undefined);
    }
  });
});
