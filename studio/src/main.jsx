// Studio's page.
import { render } from 'solid-js/web';
import { App } from './app.jsx';
import './style/base.css';
import './style/shell.css';
import './style/canvas.css';
import './style/beside.css';
import './style/tables.css';
import './style/views.css';

render(() => <App />, document.getElementById('studio'));
