// The rooms with a form and a result. Runs once for each; `server.show` lays out what the form asks for.

const room = element.querySelector('form.room');
const state = element.querySelector('.state');
const result = element.querySelector('.result');

/** What the library has of countries, sources or documents, as the list of limits has it. */
const choices = field => [...document.querySelectorAll(`#limits select[data-add="${field}"] option`)];

function fillDocuments(select) {
    const chosen = select.value;
    select.replaceChildren(...choices('document').map(option => option.cloneNode(true)));
    select.value = chosen;
}
const lists = [...element.querySelectorAll('[data-documents]')];

// --- what can be chosen several times: a list to add from, and a chip for each that is chosen ---

const several = [...element.querySelectorAll('[data-several]')];
const chosen = place => [...place.querySelectorAll('input')].map(input => input.value);

function chip(place, value) {
    const { several: field, name } = place.dataset;
    const label = choices(field).find(option => option.value === value)?.textContent ?? value;
    const made = document.createElement('span');
    made.className = 'chip set';
    made.innerHTML = '<input type="hidden"><span class="label"></span><button type="button" data-unchoose>×</button>';
    made.querySelector('input').name = name;
    made.querySelector('input').value = value;
    made.querySelector('.label').textContent = label;
    made.querySelector('button').setAttribute('aria-label', `Remove the ${field} ${label}`);
    return made;
}

/** Shows what is chosen, and offers the rest of what the library has. */
function offer(place, values = chosen(place)) {
    const field = place.dataset.several;
    const adder = document.createElement('span');
    adder.className = 'adder';
    adder.innerHTML = '<span aria-hidden="true"></span><select></select>';
    adder.firstChild.textContent = `+ ${field[0].toUpperCase()}${field.slice(1)}`;
    const list = adder.lastChild;
    list.setAttribute('aria-label', `Add a ${field}`);
    list.append(...choices(field).filter(option => !values.includes(option.value)).map(option => option.cloneNode(true)));
    list.addEventListener('change', () => { if (list.value) choose(place, [...values, list.value]); });
    place.replaceChildren(...values.map(value => chip(place, value)), adder);
}

function choose(place, values) {
    offer(place, values);
    place.querySelector('select').focus();
    if (shown) show();
}

// --- the address tells what is shown, as it does in asking.js: `?room=compare&left=…&right=…` ---

const name = room.dataset.room;
const tab = document.getElementById(`${name}-room-button`);
let shown = null;

function keepInAddress(asked) {
    const pairs = Object.entries(asked).flatMap(([key, value]) => [value].flat().map(one => [key, one]));
    const address = `?${new URLSearchParams([['room', name], ...pairs.filter(([, value]) => value)])}`;
    if (location.search !== address) history.pushState(null, '', address);
}

async function show() {
    const asked = Object.fromEntries(new FormData(room));
    for (const place of several) if (place.dataset.name in asked) asked[place.dataset.name] = chosen(place);
    shown = asked;
    keepInAddress(asked);
    document.title = `${tab.textContent.trim()} – Pincite`;
    state.textContent = 'Reading …';
    try {
        const html = await reached(server.show(asked));
        if (shown !== asked) return;  // Something else was asked for meanwhile.
        result.innerHTML = html;
        state.textContent = '';
    } catch {
        state.textContent = 'It cannot be shown now. Is Pincite still running?';
    }
}

/** Shows what the address asks for, if it is this room's. What can be chosen may have to come first. */
function openAddress() {
    const asked = new URLSearchParams(location.search);
    if (asked.get('room') !== name) return;
    for (const field of room.querySelectorAll('input[type=search]')) field.value = asked.get(field.name) ?? '';
    if (!document.querySelector('#limits select')) {
        state.textContent = 'Reading …';
        return;
    }
    for (const place of several) offer(place, asked.getAll(place.dataset.name));
    for (const field of room.querySelectorAll('[name]:not([type=hidden])')) {
        if (field.type === 'checkbox') field.checked = asked.has(field.name);
        else field.value = asked.get(field.name) ?? '';
    }
    if (lists.some(list => !list.value)) {
        result.textContent = '';
        state.textContent = 'A document of this address is not loaded, or has been replaced. Choose two.';
    } else show();
}

let offered = false;
function offerAll() {
    if (!document.querySelector('#limits select')) return;
    lists.forEach(fillDocuments);
    several.forEach(place => offer(place));
    if (!offered) openAddress();
    offered = true;
}
new MutationObserver(offerAll).observe(document.getElementById('limits'), { childList: true, subtree: true });
if (document.querySelector('#limits select')) offerAll();
else openAddress();
addEventListener('popstate', openAddress);
tab.addEventListener('click', event => { if (event.isTrusted && shown) keepInAddress(shown); });

element.addEventListener('submit', event => {
    event.preventDefault();
    show();
});

async function save(form) {
    state.textContent = 'Writing …';
    try {
        const { name, content, fault } = await server.file({ ...shown, form });
        state.textContent = fault ?? '';
        if (fault) return;
        download(name, fromBase64(content));
    } catch {
        state.textContent = 'It cannot be saved now. Is Pincite still running?';
    }
}

element.addEventListener('click', event => {
    const button = event.target.closest('[data-ask-address], [data-file], [data-unchoose]');
    if (!button) return;
    if ('unchoose' in button.dataset) {
        const place = button.closest('[data-several]');
        const value = button.parentElement.querySelector('input').value;
        choose(place, chosen(place).filter(one => one !== value));
        return;
    }
    if ('file' in button.dataset) {
        save(button.dataset.file);
        return;
    }
    dispatchEvent(new CustomEvent('pincite-go', { detail: button.dataset.askAddress }));
    document.getElementById('ask-room-button').click();
});
