// drizzle-kit's: `tablesFilter` keeps its hands off every table that is not in its schema.
export default {
  dialect: 'sqlite',
  schema: './drizzle_schema.mjs',
  out: process.env.OUT,
  dbCredentials: { url: process.env.FILE },
  tablesFilter: ['notes'],
};
