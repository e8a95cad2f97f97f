/** Entry point of the storage panel. */
import { StoragePanel } from './panel.ts';

document.body.append(new StoragePanel());
