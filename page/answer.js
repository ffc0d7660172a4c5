// What can be done with an answer. Runs once, in the browser, for the component that holds it; `server.context` calls
// `_Page.context`. `toClipboard` is in clipboard.js.

const said = document.createElement('div');
said.className = 'unseen';
said.setAttribute('role', 'status');
document.body.append(said);
const say = text => { said.textContent = text; };

function setQuestion(question) {
    const box = document.querySelector('#question textarea');
    box.value = question;
    box.dispatchEvent(new Event('input', { bubbles: true }));
}

function ask(question) {
    setQuestion(question);
    setTimeout(() => document.getElementById('ask').click());
}

async function copy(button) {
    await toClipboard(button.dataset.copy, button.dataset.copyHtml);
    button.textContent = 'Copied';
    say('Copied.');
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
}

async function toggleContext(button) {
    const panel = document.getElementById(button.getAttribute('aria-controls'));
    const opens = panel.hidden;
    if (opens && !panel.firstElementChild) {
        try {
            panel.innerHTML = await reached(server.context(button.dataset.context));
        } catch {
            panel.textContent = 'The context cannot be shown now. Is Pincite still running?';
        }
    }
    panel.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
    button.textContent = opens ? 'Hide context' : 'In context';
}

function goTo(id) {
    const target = document.getElementById(id);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'start' });
}

element.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    const data = button.dataset;
    if ('copy' in data) copy(button);
    else if ('context' in data) toggleContext(button);
    else if ('go' in data) go(data.go);
    else if ('goto' in data) goTo(data.goto);
    else if ('ask' in data) ask(button.textContent);
    else if ('drop' in data) drop(button.closest('.chip'));
    else if ('unlimit' in data) go(new URLSearchParams({ q: section().dataset.question }).toString());
    else if ('library' in data) document.getElementById('library-room-button').click();
});
