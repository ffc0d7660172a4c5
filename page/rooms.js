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
const offerDocuments = () => lists.forEach(fillDocuments);
offerDocuments();
if (lists.length) new MutationObserver(offerDocuments).observe(document.getElementById('limits'), { childList: true, subtree: true });

element.addEventListener('submit', async event => {
    event.preventDefault();
    state.textContent = 'Reading …';
    try {
        result.innerHTML = await server.show(Object.fromEntries(new FormData(room)));
        state.textContent = '';
    } catch {
        state.textContent = 'It cannot be shown now. Is Pincite still running?';
    }
});

element.addEventListener('click', event => {
    const button = event.target.closest('[data-ask-address]');
    if (!button) return;
    dispatchEvent(new CustomEvent('pincite-go', { detail: button.dataset.askAddress }));
    document.getElementById('ask-room-button').click();
});
