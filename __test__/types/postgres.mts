// A board on a PostgreSQL server: where it is, and what a file's options are beside it.
import { VisualDatabase, type VisualDatabaseOptions } from '@ai-orchestra/visual-db';

const options: VisualDatabaseOptions = { url: 'postgres://user@host/database', schema: 'board', timeout: 5000 };
const db: VisualDatabase = new VisualDatabase(options);
void new VisualDatabase('postgres://user@host/database');
void new VisualDatabase({ url: undefined, schema: undefined });
const of: string | null | undefined = options.url;

// @ts-expect-error A URL is text.
void new VisualDatabase({ url: new URL('postgres://host/database') });
// @ts-expect-error A schema is a name.
void new VisualDatabase({ url: 'postgres://host/database', schema: 1 });

void db;
void of;
