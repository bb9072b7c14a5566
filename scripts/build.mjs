// The build is TypeScript too; tsx reads it.
import 'tsx';
await import('./build/main.ts');
