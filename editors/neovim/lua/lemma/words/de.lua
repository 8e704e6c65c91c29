-- German, by what is said in English; the values come in the same order.
return {
  ['lemma: why this suggestion'] = 'lemma: warum dieser Vorschlag',
  ['right with a probability of %.0f %%, model and memory say; the model alone, %.0f %%'] =
    'mit einer Wahrscheinlichkeit von %.0f %% richtig, sagen Modell und Gedächtnis; das '
      .. 'Modell allein: %.0f %%',
  ['right with a probability of %.0f %%, the model says'] =
    'mit einer Wahrscheinlichkeit von %.0f %% richtig, sagt das Modell',
  ['%.0f ms: it was there before it was asked for'] =
    '%.0f ms: er war da, bevor danach gefragt wurde',
  ['%.0f ms before that gathering context, %.0f ms reading it, %.0f ms writing'] =
    'davor %.0f ms, um Kontext zu sammeln, %.0f ms, um ihn zu lesen, %.0f ms, um zu schreiben',
  ['%.0f ms of them gathering context, %.0f ms reading it, %.0f ms writing'] =
    'davon %.0f ms, um Kontext zu sammeln, %.0f ms, um ihn zu lesen, %.0f ms, um zu schreiben',
  ['prompt of %d tokens (%d kept from before), of %d that the model can read'] =
    'Eingabe von %d Token (%d von vorher behalten) von %d, die das Modell lesen kann',
  ['with the adapter %s'] = 'mit dem Adapter %s',
  ['%s, line %d'] = '%s, Zeile %d',
  ['Nothing was shown: %s.'] = 'Es wurde nichts gezeigt: %s.',
  ['What the model was shown'] = 'Was dem Modell gezeigt wurde',
  ['%5d tokens  %s (%s)'] = '%5d Token  %s (%s)',
  ['Experts of each token, layer by layer'] = 'Experten jedes Tokens, Schicht für Schicht',
  ['Fix: %s (taken)'] = 'Verbesserung: %s (übernommen)',
  ['Fix: %s (offered)'] = 'Verbesserung: %s (angeboten)',
  ['Shown before that'] = 'Davor gezeigt',
  ['Completed'] = 'Vervollständigt',
  ['The last fix'] = 'Die letzte Verbesserung',
  ['Nothing has been completed yet, and nothing mended.'] =
    'Noch wurde nichts vervollständigt und nichts verbessert.',
  ['attached: %s, lines %d to %d'] = 'angefügt: %s, Zeilen %d bis %d',
  ['thinking: '] = 'denkt nach: ',
  ['Have the model change the selected lines, else the function here, as you say'] =
    'Das Modell die gewählten Zeilen, sonst die Funktion hier, so ändern lassen, wie Sie es sagen',
  ['Change: '] = 'Ändern: ',
  ['%s takes it, <Esc> leaves it'] = '%s übernimmt es, <Esc> lässt es',
  ['Ask: '] = 'Fragen: ',
  ['off in this buffer: %s'] = 'in diesem Puffer aus: %s',
  ['on in this buffer'] = 'in diesem Puffer an',
  ['not attached to this buffer'] = 'mit diesem Puffer nicht verbunden',
  ['problem'] = 'Problem',
  ['off'] = 'aus',
  ['loading'] = 'lädt',
  ['failed'] = 'fehlgeschlagen',
  ['What the last suggestion was made of, or why there was none'] =
    'Woraus der letzte Vorschlag gemacht war, oder warum es keinen gab',
  ['What the lemma server is doing, and with which model'] =
    'Was der Server von lemma tut, und mit welchem Modell',
  ['How many suggestions were shown, accepted, kept'] =
    'Wie viele Vorschläge gezeigt, übernommen und behalten wurden',
  ['Find out why this file, or the test or example here, fails, and search for fixes'] =
    'Herausfinden, warum diese Datei oder der Test oder das Beispiel hier fehlschlägt, '
      .. 'und Verbesserungen suchen',
  ['Answer the formula here or in the selection, with the steps below'] =
    'Die Formel hier oder in der Auswahl beantworten, mit den Schritten darunter',
  ['The next step to the answer of the formula here'] =
    'Der nächste Schritt zur Antwort auf die Formel hier',
  ['Run this program and show the values that its lines ask for by # =>'] =
    'Dieses Programm ausführen und die Werte zeigen, nach denen seine Zeilen mit # => fragen',
  ['Ask the model, with the selected lines attached'] =
    'Das Modell fragen, mit den ausgewählten Zeilen dabei',
  ['Ask the model to explain the selected lines, in your language'] =
    'Das Modell die ausgewählten Zeilen in Ihrer Sprache erklären lassen',
  ['Have the model document the selected lines, else the function here'] =
    'Das Modell die gewählten Zeilen, sonst die Funktion hier, dokumentieren lassen',
  ['Let programs in this folder be run, in the sandbox; with ! not any more'] =
    'Programme in diesem Ordner in der Sandbox ausführen lassen; mit ! nicht mehr',
  ['Completions on or off in this buffer; with ! everywhere'] =
    'Vervollständigungen in diesem Puffer ein oder aus; mit ! überall',
  ['Stop the lemma server and start it again'] = 'Den Server von lemma anhalten und neu starten',
  ["there is no '%s'; there are %s"] = '„%s“ gibt es nicht; es gibt %s',
  ["'%s' takes no arguments"] = '„%s“ nimmt keine Argumente',
  ["'%s' takes no !"] = '„%s“ nimmt kein !',
  ["debug what? There is no '%s'; there are %s"] =
    'was untersuchen? „%s“ gibt es nicht; es gibt %s',
  ['it has no filetype'] = 'er hat keinen Dateityp',
  ["the option 'filetypes' leaves out %s"] = 'die Option „filetypes“ lässt %s aus',
  ['it is off everywhere, by :LemmaToggle! or g:lemma_enabled'] =
    'es ist überall aus, durch :LemmaToggle! oder g:lemma_enabled',
  ['by :LemmaToggle or b:lemma_enabled'] = 'durch :LemmaToggle oder b:lemma_enabled',
  ["it is no file ('buftype' is %s)"] = 'er ist keine Datei („buftype“ ist %s)',
  ["it cannot be changed ('modifiable' is off)"] =
    'er lässt sich nicht ändern („modifiable“ ist aus)',
  ['it has no name yet; :write it to a file, or name it by :file'] =
    'er hat noch keinen Namen; schreiben Sie ihn mit :write in eine Datei, oder benennen '
      .. 'Sie ihn mit :file',
  ["it is larger than the option 'max_bytes' (%d)"] =
    'er ist größer als die Option „max_bytes“ (%d)',
  ['lemma is on here'] = 'lemma ist hier an',
  ['lemma is off here'] = 'lemma ist hier aus',
  ['lemma is on everywhere'] = 'lemma ist überall an',
  ['lemma is off everywhere'] = 'lemma ist überall aus',
  ['lemma stays off here: %s'] = 'lemma bleibt hier aus: %s',
  ["builtin needs Neovim 0.12; showing lemma's own ghost text"] =
    'builtin braucht Neovim 0.12; lemma zeigt seinen eigenen blassen Text',
  ["there is no program '%s'; build it with ./dev build, or set cmd"] =
    'das Programm „%s“ gibt es nicht; bauen Sie es mit ./dev build, oder setzen Sie cmd',
  ['the server does not speak utf-8 positions; is it lemma lsp?'] =
    'der Server kennt keine Positionen in UTF-8; ist es lemma lsp?',
  ['the server ended with code %d, signal %d'] = 'der Server endete mit Code %d, Signal %d',
  ["'%s' cannot be started"] = '„%s“ lässt sich nicht starten',
  ['%s; :LemmaRestart starts it again'] = '%s; :LemmaRestart startet ihn neu',
  ['%s; see :checkhealth lemma'] = '%s; siehe :checkhealth lemma',
  ['the server is not running here, or is still starting'] =
    'der Server läuft hier nicht oder startet noch',
  ['the server is not running'] = 'der Server läuft nicht',
  ['nothing is being changed'] = 'es wird nichts geändert',
  ['the change was stopped'] = 'die Änderung wurde angehalten',
  ['%s is there already'] = '%s gibt es schon',
  ['%s is not written yet: write it first'] =
    '%s ist noch nicht geschrieben: schreiben Sie es zuerst',
  ["there is no option '%s'; there are %s"] = 'die Option „%s“ gibt es nicht; es gibt %s',
  ['nothing to suggest here: %s'] = 'hier gibt es nichts vorzuschlagen: %s',
  ['nothing to suggest here'] = 'hier gibt es nichts vorzuschlagen',
  ['no other suggestion here'] = 'hier gibt es keinen anderen Vorschlag',
  ['Offered in its place'] = 'An seiner Stelle angeboten',
  ['taken: %s'] = 'übernommen: %s',
  ['%s (others were offered: %d)'] = '%s (andere wurden angeboten: %d)',
  ['no fix here; :LemmaDebug looks for one'] =
    'hier gibt es keine Verbesserung; :LemmaDebug sucht eine',
  ['Fixes:'] = 'Verbesserungen:',
  ['Ask for suggestions at the cursor now, whether any come by themselves or not'] =
    'Jetzt nach Vorschlägen am Cursor fragen, ob von selbst welche kommen oder nicht',
  ["Take the fix that was found for the cursor's line; with ! choose among several"] =
    'Die Verbesserung übernehmen, die für die Zeile des Cursors gefunden wurde; '
      .. 'mit ! unter mehreren wählen',
  ['the file that was asked about is not shown any more'] =
    'die Datei, um die es ging, wird nicht mehr gezeigt',
  ['the lines that were attached have changed; p puts the code at the cursor'] =
    'die angefügten Zeilen haben sich geändert; p setzt den Code an den Cursor',
  ['there is no code in the answer'] = 'in der Antwort ist kein Code',
}
