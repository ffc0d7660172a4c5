// What is asked: the address, the limits, the questions asked before. Runs with answer.js and keys.js as one script.

// --- the address tells what is asked, and the browser's buttons go back to it ---

const name = document.title;
const section = () => element.querySelector('section[data-number]');
const go = address => trigger('go', { address });

/** The other room that the address is of, if it is of one: `?room=matrix&topic=…`. See rooms.js. */
const otherRoom = () => new URLSearchParams(location.search).get('room');
const enter = room => document.getElementById(`${room}-room-button`)?.click();
if (otherRoom()) enter(otherRoom());

function keepInAddress({ address, question }) {
    // Nothing is asked here: the address is the other room's.
    if (!address && otherRoom()) return;
    document.title = question ? `${question} – ${name}` : name;
    if (location.search.replace('?', '') === address) return;
    const here = address ? `?${address}` : location.pathname;
    // The first answer belongs to the address that was opened; others are visits of their own.
    if (keepInAddress.before) history.pushState(null, '', here);
    else history.replaceState(null, '', here);
}
addEventListener('popstate', () => {
    enter(otherRoom() ?? 'ask');
    if (!otherRoom()) go(location.search);
});
document.getElementById('ask-room-button').addEventListener('click', event => {
    // Somebody comes back to the answer, and its address with it.
    if (event.isTrusted && otherRoom() && section()) history.pushState(null, '', `?${section().dataset.address}`);
});
// Rooms whose address is their name alone. Their own scripts run when they are opened for the first time, after the click.
for (const room of ['check', 'library']) {
    const tab = document.getElementById(`${room}-room-button`);
    tab.addEventListener('click', event => {
        if (event.isTrusted && otherRoom() !== room) history.pushState(null, '', `?room=${room}`);
        document.title = `${tab.textContent.trim()} – ${name}`;
    });
}
addEventListener('pincite-go', event => go(event.detail));  // From another room.

watch('value', () => {
    const answer = section();
    if (!answer) return;
    keepInAddress(answer.dataset);
    keepInAddress.before = true;
    remember(answer.dataset);
    element.querySelectorAll('.chip select').forEach(fill);
    say('');
    setTimeout(() => say(element.querySelector('.message')?.textContent ?? ''), 100);
    // The keyboard would hide the answer.
    if (answer.dataset.question && matchMedia('(pointer: coarse)').matches) document.activeElement.blur();
});

const limits = document.getElementById('limits');

// --- limits: chips are changed or removed, and the question asked again at once ---

function fill(select) {
    const { field, value } = select.closest('.chip').dataset;
    const choices = limits.querySelector(`select[data-add="${field}"]`);
    select.replaceChildren(...[...(choices?.options ?? [])].slice(1).map(option => option.cloneNode(true)));
    if (![...select.options].some(option => option.value === value)) {
        select.prepend(new Option(select.closest('.chip').dataset.label, value));
    }
    select.value = value;
}

/** Asks again with one field limited to other values: to none where its words name some, when there are none left. */
function limit(field, values, lifted) {
    const asked = new URLSearchParams(section().dataset.address);
    asked.delete(field);
    values.forEach(value => asked.append(field, value));
    if (lifted) asked.append(field, 'any');
    go(asked.toString());
}

const chips = field => [...element.querySelectorAll(`.chip[data-field="${field}"]`)];
const values = (field, but) => chips(field).filter(chip => chip !== but).map(chip => chip.dataset.value).filter(Boolean);

function drop(chip) {
    const left = values(chip.dataset.field, chip);
    // A chip that was set goes, and the question's words count again; what the words say has to be lifted.
    limit(chip.dataset.field, left, chip.classList.contains('read') && !left.length);
}

element.addEventListener('change', ({ target }) => {
    const chip = target.closest('.chip');
    if (chip) limit(chip.dataset.field, [...values(chip.dataset.field, chip), target.value]);
});
limits.addEventListener('change', ({ target }) => {
    const field = target.dataset.add;
    if (target.value) limit(field, [...new Set([...values(field), target.value])]);
    target.value = '';
});

// --- what was asked before ---

// Kept by the browser, on this computer alone; a browser that keeps nothing has no earlier questions.
const KEPT = 'pincite-questions';
const N_KEPT = 50;

function earlier() {
    try { return JSON.parse(localStorage.getItem(KEPT)) ?? []; } catch { return []; }
}

function keep(questions) {
    try { localStorage.setItem(KEPT, JSON.stringify(questions.slice(0, N_KEPT))); } catch { /* Nothing is kept. */ }
}

function remember({ address, question }) {
    if (question.trim()) keep([{ address, question }, ...earlier().filter(one => one.address !== address)]);
}

/** The limits of an address in words: "RS, 2018". */
const limitsOf = address => [...new URLSearchParams(address)].filter(([name]) => name !== 'q' && name !== 'document')
    .map(([name, value]) => (value === 'any' ? `any ${name}` : value)).join(', ');

function listEarlier(list) {
    list.textContent = earlier().length ? '' : 'None yet.';
    list.append(...earlier().map(({ address, question }) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.dataset.again = address;
        button.textContent = [question, limitsOf(address)].filter(Boolean).join(' · ');
        const item = document.createElement('li');
        item.append(button);
        return item;
    }));
}

limits.addEventListener('toggle', ({ target }) => { if (target.open) listEarlier(target.querySelector('ul')); }, true);
limits.addEventListener('click', ({ target }) => {
    if ('again' in target.dataset) {
        target.closest('details').open = false;
        go(target.dataset.again);
    } else if ('forget' in target.dataset) {
        keep([]);
        listEarlier(target.closest('details').querySelector('ul'));
    }
});
