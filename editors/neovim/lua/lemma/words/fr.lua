-- French, by what is said in English; the values come in the same order.
return {
  ['lemma: why this suggestion'] = 'lemma : pourquoi cette suggestion',
  ['right with a probability of %.0f %%, model and memory say; the model alone, %.0f %%'] =
    'juste avec une probabilité de %.0f %%, selon le modèle et la mémoire ; le modèle '
      .. 'seul : %.0f %%',
  ['right with a probability of %.0f %%, the model says'] =
    'juste avec une probabilité de %.0f %%, selon le modèle',
  ['%.0f ms: it was there before it was asked for'] =
    '%.0f ms : elle était là avant d’être demandée',
  ['%.0f ms before that gathering context, %.0f ms reading it, %.0f ms writing'] =
    'auparavant %.0f ms pour réunir le contexte, %.0f ms pour le lire, %.0f ms pour écrire',
  ['%.0f ms of them gathering context, %.0f ms reading it, %.0f ms writing'] =
    'dont %.0f ms pour réunir le contexte, %.0f ms pour le lire, %.0f ms pour écrire',
  ['prompt of %d tokens (%d kept from before), of %d that the model can read'] =
    'entrée de %d jetons (%d gardés d’avant), sur %d que le modèle peut lire',
  ['with the adapter %s'] = 'avec l’adaptateur %s',
  ['%s, line %d'] = '%s, ligne %d',
  ['Nothing was shown: %s.'] = 'Rien n’a été montré : %s.',
  ['What the model was shown'] = 'Ce qui a été montré au modèle',
  ['%5d tokens  %s (%s)'] = '%5d jetons  %s (%s)',
  ['Experts of each token, layer by layer'] = 'Experts de chaque jeton, couche par couche',
  ['Fix: %s (taken)'] = 'Correction : %s (prise)',
  ['Fix: %s (offered)'] = 'Correction : %s (proposée)',
  ['Shown before that'] = 'Montré auparavant',
  ['Completed'] = 'Complété',
  ['The last fix'] = 'La dernière correction',
  ['Nothing has been completed yet, and nothing mended.'] =
    'Rien n’a encore été complété ni corrigé.',
  ['attached: %s, lines %d to %d'] = 'joint : %s, lignes %d à %d',
  ['thinking: '] = 'réflexion : ',
  ['Have the model change the selected lines, else the function here, as you say'] =
    'Faire changer par le modèle les lignes choisies, sinon la fonction ici, comme vous le dites',
  ['Change: '] = 'Changer : ',
  ['%s takes it, <Esc> leaves it'] = '%s le prend, <Esc> le laisse',
  ['Ask: '] = 'Demander : ',
  ['off in this buffer: %s'] = 'désactivé dans ce tampon : %s',
  ['on in this buffer'] = 'activé dans ce tampon',
  ['not attached to this buffer'] = 'pas attaché à ce tampon',
  ['problem'] = 'problème',
  ['off'] = 'désactivé',
  ['loading'] = 'chargement',
  ['failed'] = 'échec',
  ['What the last suggestion was made of, or why there was none'] =
    'De quoi la dernière suggestion était faite, ou pourquoi il n’y en avait pas',
  ['What the lemma server is doing, and with which model'] =
    'Ce que fait le serveur de lemma, et avec quel modèle',
  ['How many suggestions were shown, accepted, kept'] =
    'Combien de suggestions ont été montrées, acceptées, gardées',
  ['Find out why this file, or the test or example here, fails, and search for fixes'] =
    'Trouver pourquoi ce fichier, ou le test ou l’exemple ici, échoue, et chercher des corrections',
  ['Answer the formula here or in the selection, with the steps below'] =
    'Répondre à la formule ici ou dans la sélection, avec les étapes dessous',
  ['The next step to the answer of the formula here'] =
    'L’étape suivante vers la réponse à la formule ici',
  ['Run this program and show the values that its lines ask for by # =>'] =
    'Exécuter ce programme et montrer les valeurs que ses lignes demandent par # =>',
  ['Ask the model, with the selected lines attached'] =
    'Demander au modèle, avec les lignes sélectionnées',
  ['Ask the model to explain the selected lines, in your language'] =
    'Demander au modèle d’expliquer les lignes sélectionnées, dans votre langue',
  ['Have the model document the selected lines, else the function here'] =
    'Faire documenter par le modèle les lignes choisies, sinon la fonction ici',
  ['Let programs in this folder be run, in the sandbox; with ! not any more'] =
    'Laisser exécuter les programmes de ce dossier, dans le bac à sable ; avec ! plus jamais',
  ['Completions on or off in this buffer; with ! everywhere'] =
    'Complétion activée ou désactivée dans ce tampon ; avec ! partout',
  ['Stop the lemma server and start it again'] = 'Arrêter le serveur de lemma et le redémarrer',
  ["there is no '%s'; there are %s"] = '« %s » n’existe pas ; il y a %s',
  ["'%s' takes no arguments"] = '« %s » ne prend pas d’arguments',
  ["'%s' takes no !"] = '« %s » ne prend pas de !',
  ["debug what? There is no '%s'; there are %s"] =
    'déboguer quoi ? « %s » n’existe pas ; il y a %s',
  ['it has no filetype'] = 'il n’a pas de type de fichier',
  ["the option 'filetypes' leaves out %s"] = 'l’option « filetypes » écarte %s',
  ['it is off everywhere, by :LemmaToggle! or g:lemma_enabled'] =
    'c’est désactivé partout, par :LemmaToggle! ou g:lemma_enabled',
  ['by :LemmaToggle or b:lemma_enabled'] = 'par :LemmaToggle ou b:lemma_enabled',
  ["it is no file ('buftype' is %s)"] = 'ce n’est pas un fichier (« buftype » vaut %s)',
  ["it cannot be changed ('modifiable' is off)"] =
    'il ne peut pas être modifié (« modifiable » est désactivé)',
  ['it has no name yet; :write it to a file, or name it by :file'] =
    'il n’a pas encore de nom ; écrivez-le dans un fichier par :write, ou nommez-le par :file',
  ["it is larger than the option 'max_bytes' (%d)"] = 'il dépasse l’option « max_bytes » (%d)',
  ['lemma is on here'] = 'lemma est activé ici',
  ['lemma is off here'] = 'lemma est désactivé ici',
  ['lemma is on everywhere'] = 'lemma est activé partout',
  ['lemma is off everywhere'] = 'lemma est désactivé partout',
  ['lemma stays off here: %s'] = 'lemma reste désactivé ici : %s',
  ["builtin needs Neovim 0.12; showing lemma's own ghost text"] =
    'builtin demande Neovim 0.12 ; lemma montre son propre texte grisé',
  ["there is no program '%s'; build it with ./dev build, or set cmd"] =
    'le programme « %s » n’existe pas ; compilez-le avec ./dev build, ou réglez cmd',
  ['the server does not speak utf-8 positions; is it lemma lsp?'] =
    'le serveur ne connaît pas les positions en UTF-8 ; est-ce lemma lsp ?',
  ['the server ended with code %d, signal %d'] =
    'le serveur s’est terminé avec le code %d, le signal %d',
  ["'%s' cannot be started"] = '« %s » ne peut pas être démarré',
  ['%s; :LemmaRestart starts it again'] = '%s ; :LemmaRestart le redémarre',
  ['%s; see :checkhealth lemma'] = '%s ; voir :checkhealth lemma',
  ['the server is not running here, or is still starting'] =
    'le serveur ne tourne pas ici, ou démarre encore',
  ['the server is not running'] = 'le serveur ne tourne pas',
  ['nothing is being changed'] = "aucun changement n'est en cours",
  ['the change was stopped'] = 'le changement est arrêté',
  ['%s is there already'] = '%s existe déjà',
  ['%s is not written yet: write it first'] = "%s n'est pas encore écrit : écrivez-le d'abord",
  ["there is no option '%s'; there are %s"] = "il n'y a pas d'option « %s » ; il y a %s",
  ['nothing to suggest here: %s'] = 'rien à suggérer ici : %s',
  ['nothing to suggest here'] = 'rien à suggérer ici',
  ['no other suggestion here'] = 'pas d’autre suggestion ici',
  ['Offered in its place'] = 'Proposé à sa place',
  ['taken: %s'] = 'pris : %s',
  ['%s (others were offered: %d)'] = '%s (d’autres étaient proposés : %d)',
  ['no fix here; :LemmaDebug looks for one'] = 'pas de correction ici ; :LemmaDebug en cherche une',
  ['Fixes:'] = 'Corrections :',
  ['Ask for suggestions at the cursor now, whether any come by themselves or not'] =
    'Demander des suggestions au curseur maintenant, qu’il en vienne d’elles-mêmes ou non',
  ["Take the fix that was found for the cursor's line; with ! choose among several"] =
    'Prendre la correction trouvée pour la ligne du curseur ; avec ! choisir parmi plusieurs',
  ['the file that was asked about is not shown any more'] =
    'le fichier en question n’est plus affiché',
  ['the lines that were attached have changed; p puts the code at the cursor'] =
    'les lignes jointes ont changé ; p met le code au curseur',
  ['there is no code in the answer'] = 'il n’y a pas de code dans la réponse',
}
