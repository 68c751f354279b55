// vitest transforms what it is told to run; what that imports it loads as Node would, in the realm.
import './checks.cjs';
