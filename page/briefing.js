// The room of briefings. Runs once, when it is entered first; `server` has the functions of `BriefingRoom`. `toClipboard`
// is in clipboard.js; collecting.js adds quotes from other rooms.

const $ = selector => element.querySelector(selector);
const list = $('.list');
const choice = $('#briefing-choice');
const naming = $('.naming');
const confirming = $('.confirm');
const state = $('.state');
const leaving = $('.leaving');  // Of what leaves, beside the buttons that are far from the head of a long list.
const LOST = 'Is Pincite still running?';
let shown = '';  // The name of the briefing in the room; quotes are added to it.
const announce = (...detail) => dispatchEvent(new CustomEvent('pincite-announce', { detail }));

/** Tells how it goes; a fault stays until something else is told. */
function tell(said, fault = false, where = state) {
    where.textContent = said;
    where.classList.toggle('fault', fault);
}

/** Calls a function of the server; null where it could not do it, which has been told. */
async function call(name, asked, where = state) {
    try {
        const told = await reached(server[name](asked));
        if (told.fault === undefined) return told;
        tell(told.fault, true, where);
    } catch {
        tell(`That cannot be done now. ${LOST}`, true, where);
    }
    return null;
}

// --- what the browser remembers: the current briefing, and what was typed and not yet stored ---

const CURRENT = 'pincite-briefing';
const UNSAVED = 'pincite-unsaved';
const kept = (key, none) => { try { return JSON.parse(localStorage.getItem(key)) ?? none; } catch { return none; } };
const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* Nothing is kept. */ } };

// --- showing ---

const fieldOf = item => item.querySelector('[data-text]');
const itemOf = target => target.closest?.('.item');
const idOf = item => item?.dataset.item;
const items = () => [...list.querySelectorAll('.item')];

function show(told, focus) {
    shown = told.name;
    keep(CURRENT, shown);
    choice.replaceChildren(...told.names.map(({ name, n_quotes }) =>
        new Option(`${name} (${n_quotes} ${n_quotes === 1 ? 'quote' : 'quotes'})`, name)));
    choice.value = shown;
    choice.hidden = !shown;
    for (const part of element.querySelectorAll('[data-of-one]')) part.hidden = !shown;
    $('[name=digests]').closest('label').hidden = !told.digests;
    const wasOpen = $('.dropped')?.open;
    list.innerHTML = told.html;
    if (wasOpen && $('.dropped')) $('.dropped').open = true;
    restoreUnsaved();
    list.querySelectorAll('textarea').forEach(grow);
    dispatchEvent(new CustomEvent('pincite-collected', { detail: told }));
    naming.hidden = confirming.hidden = true;
    if (told.told) tell(told.told);
    if (inRoom()) keepInAddress();
    focusOn(focus);
}

function focusOn(focus) {
    if (!focus) return;
    const item = list.querySelector(`[data-item="${focus.item}"]`);
    const target = item?.querySelector(focus.what) ?? item?.querySelector('button:not(:disabled)');
    const usable = target?.disabled ? item.querySelector('[data-up]:not(:disabled), [data-down]:not(:disabled)') : target;
    usable?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: 'nearest' });
}

async function open(name) {
    await flush();
    const told = await call('show', { name });
    if (told) show(told);
}

async function change(what, focus) {
    await flush();
    const told = await call('change', { name: shown, ...what });
    if (!told) return null;
    tell('');
    show(told, focus ?? (told.new.length ? { item: told.new[0], what: '[data-text]' } : null));
    return told;
}

// --- the address tells which one is shown: `?room=briefing&name=…` ---

const tab = document.getElementById('briefing-room-button');
const inRoom = () => new URLSearchParams(location.search).get('room') === 'briefing';

function keepInAddress() {
    const address = `?${new URLSearchParams([['room', 'briefing'], ...(shown ? [['name', shown]] : [])])}`;
    document.title = `${shown || 'Briefing'} – Pincite`;
    if (location.search === address) return;
    if (inRoom()) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
}
const named = () => new URLSearchParams(location.search).get('name');
tab.addEventListener('click', event => {
    if (!event.isTrusted) return;
    keepInAddress();
    open(kept(CURRENT, shown));
});
addEventListener('popstate', () => { if (inRoom()) open(named() ?? kept(CURRENT, shown)); });

choice.addEventListener('change', () => {
    const name = choice.value;
    if (inRoom()) history.pushState(null, '', `?${new URLSearchParams({ room: 'briefing', name })}`);
    tell('');
    open(name);
});

// --- names ---

let namingFor = 'new';

function askName(what) {
    namingFor = what;
    naming.hidden = false;
    confirming.hidden = true;
    naming.elements.name.value = what === 'rename' ? shown : '';
    naming.elements.name.focus();
    naming.elements.name.select();
}
naming.addEventListener('submit', async event => {
    event.preventDefault();
    if (await change({ do: namingFor, text: naming.elements.name.value })) choice.focus();
});
naming.addEventListener('keydown', event => { if (event.key === 'Escape') naming.hidden = true; });

function confirmDeletion() {
    naming.hidden = true;
    confirming.hidden = false;
    confirming.querySelector('p').textContent = `Delete “${shown}” with all that is in it, for good?`;
    confirming.querySelector('[data-kept]').focus();
}

// --- headings and notes are kept as they are typed ---

const WAIT_MS = 700;
const timers = new Map();

/** Makes a note as high as its text, where the browser does not do so itself. */
function grow(area) {
    if (CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
}

function typed(field) {
    const item = itemOf(field);
    const unsaved = kept(UNSAVED, {});
    unsaved[idOf(item)] = { text: field.value, before: before(field) };
    keep(UNSAVED, unsaved);
    clearTimeout(timers.get(idOf(item)));
    timers.set(idOf(item), setTimeout(() => save(item), WAIT_MS));
}
/** What is stored of a field, as far as this window knows. */
const before = field => field.dataset.before ?? field.defaultValue;

const saving = new Map();  // One after the other, for each item.
function save(item) {
    const id = idOf(item);
    clearTimeout(timers.get(id));
    timers.delete(id);
    const next = (saving.get(id) ?? Promise.resolve()).then(() => saveNow(item));
    saving.set(id, next);
    return next;
}

async function saveNow(item) {
    const field = fieldOf(item);
    const fault = item.querySelector('.fault');
    const text = field.value;
    if (text === before(field)) return forgetUnsaved(idOf(item), text);
    let told;
    try {
        told = await reached(server.write({ item: idOf(item), text, before: before(field) }));
    } catch {
        told = { fault: `Not saved. ${LOST} What you typed is kept in this browser.` };
        timers.set(idOf(item), setTimeout(() => save(item), 5000));
    }
    fault.textContent = told.fault ?? '';
    if (told.stored !== undefined) offerBoth(item, told.stored);
    if (told.fault) return;
    field.dataset.before = text;
    forgetUnsaved(idOf(item), text);
    state.classList.remove('fault');
    state.textContent = 'Saved.';
}

/** Lets somebody choose between what was typed here and what was stored from another window. */
function offerBoth(item, stored) {
    const button = (text, act) => {
        const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
        made.addEventListener('click', () => { item.querySelector('.fault').textContent = ''; act(fieldOf(item)); save(item); });
        return made;
    };
    item.querySelector('.fault').append(
        ` There it says: “${stored.slice(0, 200)}”. `,
        button('Keep mine', field => { field.dataset.before = stored; }),
        button('Take the other', field => { field.value = stored; field.dataset.before = stored; grow(field); }));
}

function forgetUnsaved(id, text) {
    const unsaved = kept(UNSAVED, {});
    if (unsaved[id]?.text !== text) return;
    delete unsaved[id];
    keep(UNSAVED, unsaved);
}

/** After a crash or a reload, what was typed and not stored stands in its field again, and is stored. */
function restoreUnsaved() {
    const unsaved = kept(UNSAVED, {});
    for (const item of items()) {
        const one = unsaved[idOf(item)];
        const field = fieldOf(item);
        if (!one || !field || field.value === one.text) continue;
        field.dataset.before = one.before;
        field.value = one.text;
        save(item);
    }
}

const flush = () => Promise.all([...timers.keys()].map(id => {
    const item = list.querySelector(`[data-item="${id}"]`);
    return item ? save(item) : null;
}));

list.addEventListener('input', ({ target }) => {
    if (!('text' in target.dataset)) return;
    if (target.matches('textarea')) grow(target);
    typed(target);
});
list.addEventListener('focusout', ({ target }) => { if (timers.has(idOf(itemOf(target)))) save(itemOf(target)); });

// --- order ---

async function move(item, by) {
    const all = items();
    const at = all.indexOf(item);
    const to = at + by;
    if (to < 0 || to >= all.length) return;
    const next = by < 0 ? all[to] : all[to + 1];
    const active = document.activeElement;
    const what = active.matches('[data-text]') ? '[data-text]' : by < 0 ? '[data-up]' : '[data-down]';
    await change({ do: 'move', item: idOf(item), before: idOf(next) ?? null }, { item: idOf(item), what });
    tell(`Moved to place ${to + 1} of ${all.length}.`);
}

let dragged = null;
let target = null;  // Before which item it would come; null for the end.
const clearMarks = () => items().forEach(item => item.classList.remove('over', 'under', 'dragged'));

list.addEventListener('dragstart', event => {
    if (!event.target.matches?.('.grip')) return;
    dragged = itemOf(event.target);
    dragged.classList.add('dragged');
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', '');
    event.dataTransfer.setDragImage(dragged, 12, 12);
});
list.addEventListener('dragover', event => {
    const over = itemOf(event.target);
    if (!dragged || !over) return;
    event.preventDefault();
    clearMarks();
    dragged.classList.add('dragged');
    const { top, height } = over.getBoundingClientRect();
    const below = event.clientY > top + height / 2;
    over.classList.add(below ? 'under' : 'over');
    target = below ? over.nextElementSibling : over;
});
list.addEventListener('drop', event => {
    if (!dragged || !list.querySelector('.over, .under')) return;
    event.preventDefault();
    const item = idOf(dragged);
    if (target !== dragged) change({ do: 'move', item, before: idOf(target) ?? null }, { item, what: '[data-up]' });
});
list.addEventListener('dragend', () => { clearMarks(); dragged = target = null; });

list.addEventListener('keydown', event => {
    const item = itemOf(event.target);
    if (!item || !event.altKey || event.ctrlKey || event.metaKey) return;
    const act = { ArrowUp: () => move(item, -1), ArrowDown: () => move(item, 1), Delete: () => takeOut(item) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
});

async function takeOut(item) {
    const all = items();
    const neighbour = all[all.indexOf(item) + 1] ?? all[all.indexOf(item) - 1];
    const id = idOf(item);
    const focus = neighbour ? { item: idOf(neighbour), what: '[data-drop]' } : null;
    if (await change({ do: 'drop', item: id }, focus)) {
        announce('Taken out.', 'Undo', () => change({ do: 'put_back', item: id }, { item: id, what: '[data-drop]' }));
    }
}

// --- what leaves and what comes in ---

let template = null;
const chosen = () => ({
    name: shown, style: $('[name=style]').value, arrangement: $('[name=arrangement]').value,
    digests: $('[name=digests]').checked && !$('[name=digests]').closest('label').hidden,
});
const and = told => (told?.length ? ` ${told.join(' ')}` : '');

async function saveAs(to) {
    await flush();
    tell('Writing …', false, leaving);
    const told = await call('file', { ...chosen(), to, ...(to === 'docx' && template ? { template } : {}) }, leaving);
    if (!told) return;
    download(told.file, fromBase64(told.content));
    tell(`Saved as ${told.file}.${and(told.told)}`, false, leaving);
}

/** Copies the whole briefing, or one quote of it. */
async function copyForWord(item) {
    const say = (said, fault) => (item ? announce(said) : tell(said, fault, leaving));
    await flush();
    const told = await call('clip', { ...chosen(), ...(item ? { item } : {}) }, item ? state : leaving);
    if (!told) return;
    try {
        await toClipboard(told.text, told.html);
        say(`Copied: paste it into Word.${and(told.told)}`);
    } catch {
        say('The browser does not let this page copy. Save it as a file.', true);
    }
}

async function handOver() {
    await flush();
    const told = await call('pass_on', { name: shown }, leaving);
    if (!told) return;
    download(told.file, fromBase64(told.content));
    tell(`Saved as ${told.file}.`, false, leaving);
}

element.addEventListener('change', async ({ target }) => {
    const file = target.files?.[0];
    if ('level' in target.dataset) {
        const item = target.dataset.level;
        change({ do: 'level', item, level: target.value }, { item, what: '[data-level]' });
    } else if (file && 'open' in target.dataset) {
        target.value = '';
        const told = await call('receive', { file: file.name, content: await inBase64(file) });
        if (told) show(told);
    } else if (file && 'template' in target.dataset) {
        template = await inBase64(file);
        target.value = '';
        $('.template').textContent = file.name;
    }
});

element.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button || button.disabled) return;
    const data = button.dataset;
    const item = itemOf(button);
    if ('new' in data) askName('new');
    else if ('rename' in data) askName('rename');
    else if ('unname' in data) naming.hidden = true;
    else if ('delete' in data) confirmDeletion();
    else if ('deleted' in data) change({ do: 'delete' });
    else if ('kept' in data) confirming.hidden = true;
    else if ('ask' in data) document.getElementById('ask-room-button').click();
    else if ('up' in data) move(item, -1);
    else if ('down' in data) move(item, 1);
    else if ('drop' in data) takeOut(item);
    else if ('add' in data) change({ do: data.add, before: idOf(item?.nextElementSibling) ?? null });
    else if ('putBack' in data) change({ do: 'put_back', item: data.putBack }, { item: data.putBack, what: '[data-drop]' });
    else if ('forget' in data) change({ do: 'forget' });
    else if ('copyItem' in data) copyForWord(data.copyItem);
    else if ('copyAll' in data) copyForWord();
    else if ('file' in data) saveAs(data.file);
    else if ('handOver' in data) handOver();
    else if ('leave' in data) {
        const section = $('.export');
        section.scrollIntoView();
        section.querySelector('select').focus({ preventScroll: true });
    }
});

open((inRoom() && named()) || kept(CURRENT, '')).then(keepInAddress);
