// The rooms with a form and a result. Runs once for each; `server.show` lays out what the form asks for.

const room = element.querySelector('form.room');
const state = element.querySelector('.state');
const result = element.querySelector('.result');

/** The documents of the library, as the list of limits has them. */
function fillDocuments(select) {
    const chosen = select.value;
    const choices = document.querySelectorAll('#limits select[data-add="document"] option');
    select.replaceChildren(...[...choices].map(option => option.cloneNode(true)));
    select.value = chosen;
}
const lists = [...element.querySelectorAll('[data-documents]')];

// --- the address tells what is shown, as it does in asking.js: `?room=compare&left=…&right=…` ---

const name = room.dataset.room;
const tab = document.getElementById(`${name}-room-button`);
let shown = null;

function keepInAddress(asked) {
    const address = `?${new URLSearchParams([['room', name], ...Object.entries(asked).filter(([, value]) => value)])}`;
    if (location.search !== address) history.pushState(null, '', address);
}

async function show() {
    const asked = Object.fromEntries(new FormData(room));
    shown = asked;
    keepInAddress(asked);
    document.title = `${tab.textContent.trim()} – Pincite`;
    state.textContent = 'Reading …';
    try {
        const html = await server.show(asked);
        if (shown !== asked) return;  // Something else was asked for meanwhile.
        result.innerHTML = html;
        state.textContent = '';
    } catch {
        state.textContent = 'It cannot be shown now. Is Pincite still running?';
    }
}

/** Shows what the address asks for, if it is this room's. The lists of documents may have to come first. */
function openAddress() {
    const asked = new URLSearchParams(location.search);
    if (asked.get('room') !== name || lists.some(list => !list.options.length)) return;
    for (const field of room.querySelectorAll('[name]')) {
        if (field.type === 'checkbox') field.checked = asked.has(field.name);
        else field.value = asked.get(field.name) ?? '';
    }
    if (lists.some(list => !list.value)) {
        result.textContent = '';
        state.textContent = 'A document of this address is not loaded, or has been replaced. Choose two.';
    } else show();
}

function offerDocuments() {
    const first = !lists[0].options.length;
    lists.forEach(fillDocuments);
    if (first) openAddress();
}
if (lists.length) {
    new MutationObserver(offerDocuments).observe(document.getElementById('limits'), { childList: true, subtree: true });
    offerDocuments();
} else openAddress();
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
        const link = document.createElement('a');
        link.href = `data:application/octet-stream;base64,${content}`;
        link.download = name;
        link.click();
    } catch {
        state.textContent = 'It cannot be saved now. Is Pincite still running?';
    }
}

element.addEventListener('click', event => {
    const button = event.target.closest('[data-ask-address], [data-file]');
    if (!button) return;
    if ('file' in button.dataset) {
        save(button.dataset.file);
        return;
    }
    dispatchEvent(new CustomEvent('pincite-go', { detail: button.dataset.askAddress }));
    document.getElementById('ask-room-button').click();
});
