<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>Chains</name>
    <message>
        <source>trunk</source>
        <translation>Rumpf</translation>
    </message>
    <message>
        <source>neck</source>
        <translation>Hals</translation>
    </message>
    <message>
        <source>tail</source>
        <translation>Schwanz</translation>
    </message>
    <message>
        <source>leg left</source>
        <translation>Bein links</translation>
    </message>
    <message>
        <source>leg right</source>
        <translation>Bein rechts</translation>
    </message>
    <message>
        <source>arm left</source>
        <translation>Arm links</translation>
    </message>
    <message>
        <source>arm right</source>
        <translation>Arm rechts</translation>
    </message>
    <message>
        <source>wing left</source>
        <translation>Flügel links</translation>
    </message>
    <message>
        <source>wing right</source>
        <translation>Flügel rechts</translation>
    </message>
    <message>
        <source>girdle left</source>
        <translation>Gürtel links</translation>
    </message>
    <message>
        <source>girdle right</source>
        <translation>Gürtel rechts</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Save the changes to %1?</source>
        <translation>Änderungen an %1 speichern?</translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>Start</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Fps</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schrittweite</translation>
    </message>
    <message>
        <source>Max frames</source>
        <translation>Höchstens Bilder</translation>
    </message>
    <message>
        <source>Shots</source>
        <translation>Schnitte</translation>
    </message>
    <message>
        <source>Masks from</source>
        <translation>Masken von</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Motiv</translation>
    </message>
    <message>
        <source>Carry masks</source>
        <translation>Masken übertragen</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>Körperbau</translation>
    </message>
    <message>
        <source>Effort</source>
        <translation>Aufwand</translation>
    </message>
    <message>
        <source>Fov</source>
        <translation>Bildwinkel</translation>
    </message>
    <message>
        <source>Free form</source>
        <translation>Freie Form</translation>
    </message>
    <message>
        <source>Guess pull</source>
        <translation>Halt an der Vorgabe</translation>
    </message>
    <message>
        <source>Dynamic rigidity</source>
        <translation>Dynamische Steifigkeit</translation>
    </message>
    <message>
        <source>Global local chamfer</source>
        <translation>Global-lokales Chamfer</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Phase2</source>
        <translation>Phase 2</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Wie veröffentlicht</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>Textur</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Auflösung</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorne</translation>
    </message>
    <message>
        <source>Root</source>
        <translation>Wurzel</translation>
    </message>
    <message>
        <source>Forelegs</source>
        <translation>Vorderbeine</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>Bodenkontakte</translation>
    </message>
    <message>
        <source>Ik</source>
        <translation>Füße setzen (IK)</translation>
    </message>
    <message>
        <source>Rigidity</source>
        <translation>Steifigkeit</translation>
    </message>
    <message>
        <source>Max strain</source>
        <translation>Höchste Dehnung</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Volumen</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>For</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>Up axis</source>
        <translation>Achse nach oben</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Key fps</source>
        <translation>Schlüssel pro Sekunde</translation>
    </message>
    <message>
        <source>Leaf bones</source>
        <translation>Endknochen</translation>
    </message>
    <message>
        <source>Armature</source>
        <translation>Armature</translation>
    </message>
    <message>
        <source>Influences</source>
        <translation>Einflüsse</translation>
    </message>
    <message>
        <source>Weld</source>
        <translation>Verschweißen</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Max side</source>
        <translation>Größte Seite</translation>
    </message>
    <message>
        <source>S3im weight</source>
        <translation>Gewicht von S3IM</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>Ferne stauchen</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>Belichtung</translation>
    </message>
    <message>
        <source>Refine poses</source>
        <translation>Kameras nachstellen</translation>
    </message>
    <message>
        <source>Hold out</source>
        <translation>Zurückhalten</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Bounds</source>
        <translation>Grenzen des Raums</translation>
    </message>
    <message>
        <source>Least views</source>
        <translation>Mindestens Bilder</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>Dreiecke</translation>
    </message>
    <message>
        <source>Landmarks</source>
        <translation>Gelenke aus Netz</translation>
    </message>
    <message>
        <source>Guess surface</source>
        <translation>Form der Schätzung</translation>
    </message>
    <message>
        <source>Guess words</source>
        <translation>Worte zur Person</translation>
    </message>
</context>
<context>
    <name>Phases</name>
    <message>
        <source>read</source>
        <translation>lesen</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>flow</source>
        <translation>Bewegung im Bild</translation>
    </message>
    <message>
        <source>coarse guess</source>
        <translation>grobe Schätzung</translation>
    </message>
    <message>
        <source>phase 1</source>
        <translation>Phase 1</translation>
    </message>
    <message>
        <source>rig</source>
        <translation>Skelett</translation>
    </message>
    <message>
        <source>phase 2</source>
        <translation>Phase 2</translation>
    </message>
    <message>
        <source>colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>read motion</source>
        <translation>Bewegung lesen</translation>
    </message>
    <message>
        <source>prepare</source>
        <translation>vorbereiten</translation>
    </message>
    <message>
        <source>transfer</source>
        <translation>übertragen</translation>
    </message>
    <message>
        <source>write</source>
        <translation>schreiben</translation>
    </message>
    <message>
        <source>load</source>
        <translation>laden</translation>
    </message>
    <message>
        <source>sample</source>
        <translation>erzeugen</translation>
    </message>
    <message>
        <source>views</source>
        <translation>Ansichten</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>train</source>
        <translation>trainieren</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>features</source>
        <translation>Merkmale</translation>
    </message>
    <message>
        <source>matches</source>
        <translation>Zuordnungen</translation>
    </message>
    <message>
        <source>cameras</source>
        <translation>Kameras</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Phase 1: shape</source>
        <translation>Phase 1: Gestalt</translation>
    </message>
    <message>
        <source>Phase 2: skeleton and motion</source>
        <translation>Phase 2: Bewegung</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>Textur</translation>
    </message>
    <message>
        <source>Rig</source>
        <translation>Riggen</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>Übertragen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>not run</source>
        <translation>nicht gelaufen</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>Warnung: %1</translation>
    </message>
    <message>
        <source>done after %1</source>
        <translation>fertig nach %1</translation>
    </message>
</context>
<context>
    <name>Templates</name>
    <message>
        <source>Standard</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Everything is found out from the clip</source>
        <translation>Alles wird aus dem Clip ermittelt</translation>
    </message>
    <message>
        <source>Animal on four legs</source>
        <translation>Tier auf vier Beinen</translation>
    </message>
    <message>
        <source>Spares the search for the body plan</source>
        <translation>Erspart die Suche nach dem Körperbau</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Mensch</translation>
    </message>
    <message>
        <source>Bird</source>
        <translation>Vogel</translation>
    </message>
    <message>
        <source>Quick look</source>
        <translation>Kurzer Blick</translation>
    </message>
    <message>
        <source>A third of the effort and no texture, to see whether a clip will do</source>
        <translation>Ein Drittel des Aufwands, keine Textur: ob ein Clip taugt</translation>
    </message>
    <message>
        <source>Best quality</source>
        <translation>Beste Qualität</translation>
    </message>
    <message>
        <source>Twice the effort and the time</source>
        <translation>Doppelter Aufwand, doppelte Zeit</translation>
    </message>
    <message>
        <source>For Unity</source>
        <translation>Für Unity</translation>
    </message>
    <message>
        <source>Exports as Unity takes it</source>
        <translation>Exportiert, wie Unity es nimmt</translation>
    </message>
    <message>
        <source>For Unreal</source>
        <translation>Für Unreal</translation>
    </message>
    <message>
        <source>Exports as Unreal takes it</source>
        <translation>Exportiert, wie Unreal es nimmt</translation>
    </message>
</context>
<context>
    <name>mp4d::ActionSearch</name>
    <message>
        <source>Do…</source>
        <translation>Tun …</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>No action has these words</source>
        <translation>Keine Aktion hat diese Wörter</translation>
    </message>
</context>
<context>
    <name>mp4d::BatchModel</name>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <translation>%1, %2 %</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Auftrag</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Result or error</source>
        <translation>Ergebnis oder Fehler</translation>
    </message>
</context>
<context>
    <name>mp4d::BatchWindow</name>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Open the result</source>
        <translation>Ergebnis öffnen</translation>
    </message>
    <message>
        <source>Shows what the chosen job made</source>
        <translation>Zeigt, was der gewählte Auftrag gemacht hat</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>Gescheiterte noch einmal</translation>
    </message>
    <message>
        <source>Runs the jobs that failed, and those that are not done, again</source>
        <translation>Führt gescheiterte und nicht fertige Aufträge noch einmal aus</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Finished stages of running jobs are kept</source>
        <translation>Fertige Schritte laufender Aufträge bleiben erhalten</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>What is done already is not done again</source>
        <translation>Was schon fertig ist, wird nicht noch einmal gemacht</translation>
    </message>
    <message>
        <source>Reconstruct: videos, folders of pictures, sequences of meshes</source>
        <translation>Rekonstruieren: Videos, Bilderordner, Folgen von Netzen</translation>
    </message>
    <message>
        <source>Rig: meshes get a skeleton</source>
        <translation>Skelett: Netze bekommen ein Skelett</translation>
    </message>
    <message>
        <source>Transfer: the open document&apos;s motion onto each</source>
        <translation>Übertragen: die Bewegung des offenen Dokuments auf jedes</translation>
    </message>
    <message>
        <source>as they come</source>
        <translation>wie sie sind</translation>
    </message>
    <message>
        <source>of the open document</source>
        <translation>des offenen Dokuments</translation>
    </message>
    <message>
        <source>of a file (JSON)…</source>
        <translation>aus einer Datei (JSON) …</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Jobs that run at the same time, each with its share of the cores</source>
        <translation>Aufträge, die gleichzeitig laufen, jeder mit seinem Teil der Kerne</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>A job that takes longer has failed</source>
        <translation>Ein Auftrag, der länger braucht, ist gescheitert</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>A job that would take more has failed</source>
        <translation>Ein Auftrag, der mehr bräuchte, ist gescheitert</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>Zeitgrenze</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>Speichergrenze</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Results in</source>
        <translation>Ergebnisse in</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Gleichzeitig</translation>
    </message>
    <message>
        <source>Options of all jobs</source>
        <translation>Optionen aller Aufträge</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Folder of the results</source>
        <translation>Ordner der Ergebnisse</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien hinzufügen …</translation>
    </message>
    <message>
        <source>A job for each</source>
        <translation>Ein Auftrag für jede</translation>
    </message>
    <message>
        <source>Add files to the batch</source>
        <translation>Dateien zum Stapel hinzufügen</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>A folder of pictures is one clip; of others everything in it is added</source>
        <translation>Ein Bilderordner ist ein Clip; von anderen wird alles darin hinzugefügt</translation>
    </message>
    <message>
        <source>Add a folder to the batch</source>
        <translation>Ordner zum Stapel hinzufügen</translation>
    </message>
    <message>
        <source>Open a list…</source>
        <translation>Liste öffnen …</translation>
    </message>
    <message>
        <source>A JSON list, as magicpose4d batch takes it</source>
        <translation>Eine JSON-Liste, wie magicpose4d batch sie nimmt</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Takes the chosen jobs out of the list; results stay</source>
        <translation>Nimmt die gewählten Aufträge aus der Liste; Ergebnisse bleiben</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Begins another list</source>
        <translation>Beginnt eine andere Liste</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Drop files or folders here: one job each. Every job runs in a process of its own, so that one that fails costs no other; what was stopped goes on where it was.</source>
        <translation>Dateien oder Ordner hier fallen lassen: je ein Auftrag. Jeder läuft in einem eigenen Prozess, sodass ein gescheiterter keinen anderen kostet; was angehalten wurde, geht dort weiter, wo es war.</translation>
    </message>
    <message>
        <source>What the chosen job said</source>
        <translation>Was der gewählte Auftrag sagte</translation>
    </message>
    <message>
        <source>What the chosen job says stands here.</source>
        <translation>Was der gewählte Auftrag sagt, steht hier.</translation>
    </message>
    <message>
        <source>Open a list of jobs</source>
        <translation>Liste von Aufträgen öffnen</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Fehler: %1</translation>
    </message>
    <message>
        <source>Jobs: %1</source>
        <translation>Aufträge: %1</translation>
    </message>
</context>
<context>
    <name>mp4d::ChainLinks</name>
    <message>
        <source>Which chain follows which</source>
        <translation>Welche Kette welcher folgt</translation>
    </message>
</context>
<context>
    <name>mp4d::ChainTable</name>
    <message>
        <source>Which chain follows which</source>
        <translation>Welche Kette welcher folgt</translation>
    </message>
    <message>
        <source>Chain</source>
        <translation>Kette</translation>
    </message>
    <message>
        <source>Follows</source>
        <translation>Folgt</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>Sicher</translation>
    </message>
    <message>
        <source>From 0 to 1; below 0.44 nothing is paired</source>
        <translation>Von 0 bis 1; unter 0,44 wird nichts gepaart</translation>
    </message>
    <message>
        <source>Find them anew</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Forgets what was chosen here; the next transfer pairs the chains by itself</source>
        <translation>Vergisst, was hier gewählt wurde; die nächste Übertragung paart die Ketten selbst</translation>
    </message>
    <message>
        <source>What %1 follows</source>
        <translation>Wem %1 folgt</translation>
    </message>
    <message>
        <source>keeps its rest pose</source>
        <translation>behält die Ruhepose</translation>
    </message>
</context>
<context>
    <name>mp4d::ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Clips to export</source>
        <translation>Zu exportierende Clips</translation>
    </message>
    <message>
        <source>Clips</source>
        <translation>Clips</translation>
    </message>
    <message>
        <source>Written. </source>
        <translation>Geschrieben. </translation>
    </message>
    <message>
        <source>Not written. </source>
        <translation>Nicht geschrieben. </translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
    <message>
        <source>Models (%1)</source>
        <translation>Modelle (%1)</translation>
    </message>
    <message>
        <source>Writing, and reading it again…</source>
        <translation>Wird geschrieben und zurückgelesen …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The ending says the format: %1; %2 is a mesh a frame</source>
        <translation>Die Endung bestimmt das Format: %1; %2 ist ein Netz je Bild</translation>
    </message>
</context>
<context>
    <name>mp4d::FieldPanel</name>
    <message>
        <source>Scene…</source>
        <translation>Szene …</translation>
    </message>
    <message>
        <source>A folder of pictures whose cameras are known: NeRF, nerfstudio, COLMAP, LLFF, IDR and others</source>
        <translation>Ein Ordner mit Bildern, deren Kameras bekannt sind: NeRF, nerfstudio, COLMAP, LLFF, IDR und andere</translation>
    </message>
    <message>
        <source>Open a scene</source>
        <translation>Szene öffnen</translation>
    </message>
    <message>
        <source>Photos…</source>
        <translation>Fotos …</translation>
    </message>
    <message>
        <source>A folder of photos whose cameras are not known: COLMAP finds them first</source>
        <translation>Ein Ordner mit Fotos, deren Kameras nicht bekannt sind: COLMAP findet sie zuerst</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>Fotos öffnen</translation>
    </message>
    <message>
        <source>Video…</source>
        <translation>Video …</translation>
    </message>
    <message>
        <source>A video through a place that stands still: COLMAP finds the cameras first</source>
        <translation>Ein Video durch einen Ort, der stillsteht: COLMAP findet die Kameras zuerst</translation>
    </message>
    <message>
        <source>Open a video of a place</source>
        <translation>Video eines Ortes öffnen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>What is trained is kept; it goes on from there</source>
        <translation>Was trainiert ist, bleibt; von dort geht es weiter</translation>
    </message>
    <message>
        <source>How the field looks</source>
        <translation>Wie das Feld aussieht</translation>
    </message>
    <message>
        <source>PSNR, dB</source>
        <translation>PSNR, dB</translation>
    </message>
    <message>
        <source>How well it agrees with its pictures is drawn here while it trains.</source>
        <translation>Wie gut es mit seinen Bildern übereinstimmt, wird hier beim Trainieren gezeichnet.</translation>
    </message>
    <message>
        <source>PSNR over the training</source>
        <translation>PSNR im Lauf des Trainings</translation>
    </message>
    <message>
        <source>Line: the pictures it is trained on. Points: those that are held out.</source>
        <translation>Linie: die Bilder, mit denen trainiert wird. Punkte: die zurückgehaltenen.</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Loss over the training</source>
        <translation>Verlust im Lauf des Trainings</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Makes the surface and opens it in the view; what is open is closed</source>
        <translation>Macht die Oberfläche und öffnet sie in der Ansicht; was offen ist, wird geschlossen</translation>
    </message>
    <message>
        <source>Orbit video…</source>
        <translation>Rundblick-Video …</translation>
    </message>
    <message>
        <source>Once round what the cameras look at</source>
        <translation>Einmal um das, worauf die Kameras blicken</translation>
    </message>
    <message>
        <source>Write a video</source>
        <translation>Video schreiben</translation>
    </message>
    <message>
        <source>Videos and pictures (*.mp4 *.gif *.png *.jpg)</source>
        <translation>Videos und Bilder (*.mp4 *.gif *.png *.jpg)</translation>
    </message>
    <message>
        <source>%1: %2 pictures, %3 of them held out to judge by</source>
        <translation>%1: %2 Bilder, davon %3 zur Prüfung zurückgehalten</translation>
    </message>
    <message>
        <source>%1 (%2). The field is kept in %3</source>
        <translation>%1 (%2). Das Feld liegt in %3</translation>
    </message>
    <message>
        <source>A place or a thing that stands still, from pictures all round. Open a scene, and its cameras are shown; train, and it can be seen from anywhere, filmed, or turned into a mesh.</source>
        <translation>Ein Ort oder Ding, das stillsteht, aus Bildern von allen Seiten. Szene öffnen, und ihre Kameras werden gezeigt; trainieren, und man kann sie von überall sehen, filmen oder in ein Netz verwandeln.</translation>
    </message>
    <message>
        <source>Training…</source>
        <translation>Trainiert …</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortfahren</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Other options begin another training; this one is kept</source>
        <translation>Andere Optionen beginnen ein anderes Training; dieses bleibt erhalten</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>held out %1 dB</source>
        <translation>zurückgehalten %1 dB</translation>
    </message>
</context>
<context>
    <name>mp4d::FieldPathEditor</name>
    <message>
        <source>Places that the camera passes</source>
        <translation>Orte, an denen die Kamera vorbeikommt</translation>
    </message>
    <message>
        <source>A double click looks from there</source>
        <translation>Ein Doppelklick blickt von dort</translation>
    </message>
    <message>
        <source>Add view</source>
        <translation>Ansicht hinzufügen</translation>
    </message>
    <message>
        <source>The camera is to pass where the view is now, after the chosen place</source>
        <translation>Die Kamera kommt nach dem gewählten Ort dort vorbei, wo die Ansicht jetzt ist</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>The chosen place becomes where the view is now</source>
        <translation>Der gewählte Ort kommt dorthin, wo die Ansicht jetzt ist</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>A cameras.json</source>
        <translation>Eine cameras.json</translation>
    </message>
    <message>
        <source>Open a camera path</source>
        <translation>Einen Kameraweg öffnen</translation>
    </message>
    <message>
        <source>Camera paths (*.json)</source>
        <translation>Kamerawege (*.json)</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern …</translation>
    </message>
    <message>
        <source>As a cameras.json, for magicpose4d field render --spline --path</source>
        <translation>Als cameras.json, für magicpose4d field render --spline --path</translation>
    </message>
    <message>
        <source>Write a camera path</source>
        <translation>Einen Kameraweg schreiben</translation>
    </message>
    <message>
        <source>Film…</source>
        <translation>Filmen …</translation>
    </message>
    <message>
        <source>A video along the smooth way through the places, as the view shows it</source>
        <translation>Ein Video auf dem glatten Weg durch die Orte, wie ihn die Ansicht zeigt</translation>
    </message>
    <message>
        <source>Write a video</source>
        <translation>Ein Video schreiben</translation>
    </message>
    <message>
        <source>Videos and pictures (*.mp4 *.gif *.png *.jpg)</source>
        <translation>Videos und Bilder (*.mp4 *.gif *.png *.jpg)</translation>
    </message>
    <message>
        <source>Camera path</source>
        <translation>Kameraweg</translation>
    </message>
    <message>
        <source>Place %1</source>
        <translation>Ort %1</translation>
    </message>
</context>
<context>
    <name>mp4d::FieldWork</name>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>%1 is running; stop it first</source>
        <translation>%1 läuft; zuerst anhalten</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>%1 öffnen</translation>
    </message>
    <message>
        <source>Find cameras</source>
        <translation>Kameras finden</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Orbit</source>
        <translation>Rundblick</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>Netz</translation>
    </message>
</context>
<context>
    <name>mp4d::FootageView</name>
    <message>
        <source>The clip&apos;s picture</source>
        <translation>Das Bild des Clips</translation>
    </message>
</context>
<context>
    <name>mp4d::IssuePanel</name>
    <message>
        <source>Issues</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
</context>
<context>
    <name>mp4d::Issues</name>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
</context>
<context>
    <name>mp4d::MainWindow</name>
    <message>
        <source>Drawn by: OpenGL, or the processor</source>
        <translation>Gezeichnet von: OpenGL oder dem Prozessor</translation>
    </message>
    <message>
        <source>Drawn by: Open3D, with shadows</source>
        <translation>Gezeichnet von: Open3D, mit Schatten</translation>
    </message>
    <message>
        <source>Drawn by: the processor</source>
        <translation>Gezeichnet von: dem Prozessor</translation>
    </message>
    <message>
        <source>Projects (*%1)</source>
        <translation>Projekte (*%1)</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>Skelett</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>Issues</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Open a video, a model or a project</source>
        <translation>Video, Modell oder Projekt öffnen</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>Or&amp;dner öffnen …</translation>
    </message>
    <message>
        <source>Open a folder of pictures or meshes</source>
        <translation>Ordner mit Bildern oder Netzen öffnen</translation>
    </message>
    <message>
        <source>&amp;Save project</source>
        <translation>Projekt &amp;speichern</translation>
    </message>
    <message>
        <source>Save project &amp;as…</source>
        <translation>Projekt speichern &amp;unter …</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>&amp;Rückgängig: %1</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>&amp;Wiederholen: %1</translation>
    </message>
    <message>
        <source>&amp;Move joints</source>
        <translation>&amp;Gelenke verschieben</translation>
    </message>
    <message>
        <source>&amp;Find an action…</source>
        <translation>Aktion &amp;suchen …</translation>
    </message>
    <message>
        <source>&amp;Textured</source>
        <translation>Mit &amp;Textur</translation>
    </message>
    <message>
        <source>&amp;Shape only</source>
        <translation>Nur &amp;Form</translation>
    </message>
    <message>
        <source>Skin &amp;weights</source>
        <translation>&amp;Gewichte</translation>
    </message>
    <message>
        <source>W&amp;ireframe</source>
        <translation>&amp;Drahtgitter</translation>
    </message>
    <message>
        <source>S&amp;keleton</source>
        <translation>&amp;Skelett</translation>
    </message>
    <message>
        <source>Joint &amp;names</source>
        <translation>Gelenk&amp;namen</translation>
    </message>
    <message>
        <source>&amp;Ground</source>
        <translation>&amp;Boden</translation>
    </message>
    <message>
        <source>Through the clip&apos;s &amp;camera</source>
        <translation>Durch die &amp;Kamera des Clips</translation>
    </message>
    <message>
        <source>&amp;Frame everything</source>
        <translation>&amp;Alles ins Bild</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>Von vorn</translation>
    </message>
    <message>
        <source>From behind</source>
        <translation>Von hinten</translation>
    </message>
    <message>
        <source>From its left</source>
        <translation>Von seiner Linken</translation>
    </message>
    <message>
        <source>From its right</source>
        <translation>Von seiner Rechten</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>Von oben</translation>
    </message>
    <message>
        <source>Three-quarter view</source>
        <translation>Dreiviertelansicht</translation>
    </message>
    <message>
        <source>Theme: as the system</source>
        <translation>Farben: wie das System</translation>
    </message>
    <message>
        <source>Theme: light</source>
        <translation>Farben: hell</translation>
    </message>
    <message>
        <source>Theme: dark</source>
        <translation>Farben: dunkel</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>&amp;Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>Ein Bild &amp;zurück</translation>
    </message>
    <message>
        <source>One frame &amp;on</source>
        <translation>Ein Bild &amp;vor</translation>
    </message>
    <message>
        <source>Play from &amp;here</source>
        <translation>Ab &amp;hier abspielen</translation>
    </message>
    <message>
        <source>Play up to h&amp;ere</source>
        <translation>&amp;Bis hier abspielen</translation>
    </message>
    <message>
        <source>Play the &amp;whole clip</source>
        <translation>&amp;Ganzen Clip abspielen</translation>
    </message>
    <message>
        <source>&amp;Rename clip…</source>
        <translation>Clip &amp;umbenennen …</translation>
    </message>
    <message>
        <source>Rename clip</source>
        <translation>Clip umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Re&amp;move clip</source>
        <translation>Clip &amp;entfernen</translation>
    </message>
    <message>
        <source>&amp;Reconstruct</source>
        <translation>&amp;Rekonstruieren</translation>
    </message>
    <message>
        <source>Make a &amp;skeleton</source>
        <translation>&amp;Skelett erzeugen</translation>
    </message>
    <message>
        <source>&amp;Transfer the motion</source>
        <translation>Bewegung über&amp;tragen</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>An&amp;halten</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Clip</source>
        <translation>&amp;Clip</translation>
    </message>
    <message>
        <source>&amp;Stages</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>&amp;Fenster</translation>
    </message>
    <message>
        <source>Errors: %1, warnings: %2</source>
        <translation>Fehler: %1, Warnungen: %2</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Language: as the system</source>
        <translation>Sprache: wie das System</translation>
    </message>
    <message>
        <source>The language changes when the program starts next</source>
        <translation>Die Sprache wechselt beim nächsten Start des Programms</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>&amp;New person from words…</source>
        <translation>&amp;Neue Person aus Worten …</translation>
    </message>
    <message>
        <source>Pat&amp;h of the chosen joint</source>
        <translation>&amp;Bahn des gewählten Gelenks</translation>
    </message>
    <message>
        <source>Gh&amp;osts before and after</source>
        <translation>Gei&amp;ster davor und danach</translation>
    </message>
    <message>
        <source>Look at and &amp;paint masks…</source>
        <translation>Masken ansehen und &amp;malen …</translation>
    </message>
    <message>
        <source>P&amp;references…</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>&amp;Batch of many files…</source>
        <translation>&amp;Stapel vieler Dateien …</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Neural &amp;field of a place…</source>
        <translation>Neuronales &amp;Feld eines Ortes …</translation>
    </message>
    <message>
        <source>Cameras of the &amp;field&apos;s pictures</source>
        <translation>Kameras der Bilder des &amp;Feldes</translation>
    </message>
    <message>
        <source>Silhouette &amp;error</source>
        <translation>Fehler der &amp;Umrisse</translation>
    </message>
    <message>
        <source>&amp;Copy the pose</source>
        <translation>Pose &amp;kopieren</translation>
    </message>
    <message>
        <source>Paste the pose as a &amp;key</source>
        <translation>Pose als &amp;Schlüssel einfügen</translation>
    </message>
    <message>
        <source>&amp;Delete the chosen keys</source>
        <translation>Gewählte Schlüssel &amp;löschen</translation>
    </message>
    <message>
        <source>Run from the &amp;chosen stage on</source>
        <translation>Ab dem &amp;gewählten Schritt neu</translation>
    </message>
    <message>
        <source>&amp;Pause or go on</source>
        <translation>&amp;Pausieren oder fortfahren</translation>
    </message>
    <message>
        <source>Keep the options as a &amp;template…</source>
        <translation>Optionen als &amp;Vorlage behalten …</translation>
    </message>
    <message>
        <source>Keep the options as a template</source>
        <translation>Optionen als Vorlage behalten</translation>
    </message>
    <message>
        <source>Way of the clip&apos;s c&amp;amera</source>
        <translation>Weg der K&amp;amera des Clips</translation>
    </message>
    <message>
        <source>The clip&apos;s picture &amp;beside</source>
        <translation>Bild des Clips &amp;daneben</translation>
    </message>
    <message>
        <source>Silhouette out&amp;lines</source>
        <translation>Um&amp;risse der Silhouetten</translation>
    </message>
    <message>
        <source>Frame the chosen &amp;joint</source>
        <translation>Gewähltes Ge&amp;lenk ganz zeigen</translation>
    </message>
    <message>
        <source>Both &amp;sides of the transfer…</source>
        <translation>Beide &amp;Seiten der Übertragung …</translation>
    </message>
    <message>
        <source>Options of a te&amp;mplate</source>
        <translation>Optionen einer V&amp;orlage</translation>
    </message>
</context>
<context>
    <name>mp4d::MaskCanvas</name>
    <message>
        <source>Frame with its mask</source>
        <translation>Bild mit seiner Maske</translation>
    </message>
</context>
<context>
    <name>mp4d::MaskEditor</name>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Radieren</translation>
    </message>
    <message>
        <source>The right button always does the other of the two</source>
        <translation>Die rechte Taste tut immer das andere von beiden</translation>
    </message>
    <message>
        <source>Radius of the brush in pixels</source>
        <translation>Radius des Pinsels in Bildpunkten</translation>
    </message>
    <message>
        <source>Undo stroke</source>
        <translation>Strich zurück</translation>
    </message>
    <message>
        <source>Takes the last stroke back (Ctrl+Z)</source>
        <translation>Nimmt den letzten Strich zurück (Strg+Z)</translation>
    </message>
    <message>
        <source>Find the subject</source>
        <translation>Motiv suchen</translation>
    </message>
    <message>
        <source>Computes the masks of all frames, as the reconstruction would; what was painted stays</source>
        <translation>Berechnet die Masken aller Bilder, wie die Rekonstruktion es täte; Gemaltes bleibt</translation>
    </message>
    <message>
        <source>Carry to all frames</source>
        <translation>Auf alle Bilder übertragen</translation>
    </message>
    <message>
        <source>Makes the masks of all other frames from the painted ones</source>
        <translation>Macht die Masken aller anderen Bilder aus den gemalten</translation>
    </message>
    <message>
        <source>Swap subject and background</source>
        <translation>Motiv und Hintergrund tauschen</translation>
    </message>
    <message>
        <source>In all frames</source>
        <translation>In allen Bildern</translation>
    </message>
    <message>
        <source>Save and use…</source>
        <translation>Speichern und verwenden …</translation>
    </message>
    <message>
        <source>Writes a picture a frame into a folder, which the reconstruction then takes its masks from</source>
        <translation>Schreibt je Bild eine Datei in einen Ordner, aus dem die Rekonstruktion dann ihre Masken nimmt</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Read the masks</source>
        <translation>Masken lesen</translation>
    </message>
    <message>
        <source>%1 of %2 frames have a mask, %3 are painted</source>
        <translation>%1 von %2 Bildern haben eine Maske, %3 sind gemalt</translation>
    </message>
    <message>
        <source>painted</source>
        <translation>gemalt</translation>
    </message>
    <message>
        <source>no mask yet</source>
        <translation>noch keine Maske</translation>
    </message>
    <message>
        <source>Folder for the masks</source>
        <translation>Ordner für die Masken</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Click on the subject, and it is found; the right button says what is background</source>
        <translation>Auf das Motiv klicken, und es wird gefunden; die rechte Taste sagt, was Hintergrund ist</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Click on the subject in a frame, or paint it, and carry it to all; or let it be found in all frames</source>
        <translation>In einem Bild auf das Motiv klicken oder es malen und auf alle übertragen; oder es in allen Bildern finden lassen</translation>
    </message>
    <message>
        <source>Click on the subject first</source>
        <translation>Zuerst auf das Motiv klicken</translation>
    </message>
</context>
<context>
    <name>mp4d::MotionPanel</name>
    <message>
        <source>The whole clip</source>
        <translation>Der ganze Clip</translation>
    </message>
    <message>
        <source>Smooth away what is faster than this; 0 leaves the clip as it is</source>
        <translation>Glättet, was schneller ist; 0 lässt den Clip, wie er ist</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>Cut to the playing range</source>
        <translation>Auf den Abspielbereich kürzen</translation>
    </message>
    <message>
        <source>Keeps what the timeline&apos;s range shows</source>
        <translation>Behält, was der Bereich der Zeitleiste zeigt</translation>
    </message>
    <message>
        <source>Make a loop</source>
        <translation>Schleife bilden</translation>
    </message>
    <message>
        <source>Cuts the cycle out that closes best, and closes it</source>
        <translation>Schneidet den Zyklus heraus, der sich am besten schließt, und schließt ihn</translation>
    </message>
    <message>
        <source>Root</source>
        <translation>Wurzel</translation>
    </message>
    <message>
        <source>in place</source>
        <translation>auf der Stelle</translation>
    </message>
    <message>
        <source>held by its feet</source>
        <translation>von den Füßen gehalten</translation>
    </message>
    <message>
        <source>Change the way</source>
        <translation>Weg ändern</translation>
    </message>
    <message>
        <source>In place: what it travels is taken out. Held by its feet: feet on the ground neither slide nor sink, so clips made on the spot travel</source>
        <translation>Auf der Stelle: der zurückgelegte Weg entfällt. Von den Füßen gehalten: Füße am Boden rutschen und sinken nicht, so bewegen sich auch Clips, die auf der Stelle gemacht sind</translation>
    </message>
    <message>
        <source>Keys a second</source>
        <translation>Schlüssel je Sekunde</translation>
    </message>
    <message>
        <source>Set the keys anew</source>
        <translation>Schlüssel neu setzen</translation>
    </message>
    <message>
        <source>Samples the clip at that rate</source>
        <translation>Tastet den Clip mit dieser Rate ab</translation>
    </message>
    <message>
        <source>The chosen joint, at this moment</source>
        <translation>Das gewählte Gelenk, in diesem Augenblick</translation>
    </message>
    <message>
        <source>Turn about the joint&apos;s own %1 axis</source>
        <translation>Drehung um die eigene %1-Achse des Gelenks</translation>
    </message>
    <message>
        <source>Turn %1</source>
        <translation>Drehung %1</translation>
    </message>
    <message>
        <source>Over so long before and after it fades out</source>
        <translation>Über so lange davor und danach klingt es aus</translation>
    </message>
    <message>
        <source>Fades over</source>
        <translation>Klingt aus über</translation>
    </message>
    <message>
        <source>none: click one in the view or in the tree</source>
        <translation>keines: klicken Sie eines in der Ansicht oder im Baum an</translation>
    </message>
    <message>
        <source>Hold resting feet</source>
        <translation>Ruhende Füße halten</translation>
    </message>
    <message>
        <source>Feet that rest on the ground stay where they are (the lines in the timeline); legs bend to them, and bones keep their lengths</source>
        <translation>Füße, die auf dem Boden ruhen, bleiben, wo sie sind (die Linien der Zeitleiste); die Beine beugen sich dazu, Knochen behalten ihre Länge</translation>
    </message>
    <message>
        <source>Keep the limits</source>
        <translation>Grenzen einhalten</translation>
    </message>
    <message>
        <source>Turns joints back that are beyond their limits (Skeleton, below the joints)</source>
        <translation>Dreht Gelenke zurück, die über ihre Grenzen hinaus sind (Skelett, unter den Gelenken)</translation>
    </message>
</context>
<context>
    <name>mp4d::PersonDialog</name>
    <message>
        <source>New person</source>
        <translation>Neue Person</translation>
    </message>
    <message>
        <source>in English: a tall old man in a grey suit, waving</source>
        <translation>auf Englisch: a tall old man in a grey suit, waving</translation>
    </message>
    <message>
        <source>as the words say, or arms slightly out</source>
        <translation>wie die Worte sagen, sonst Arme leicht abgespreizt</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei …</translation>
    </message>
    <message>
        <source>A JSON file with 24 joints, or the first frame of a person&apos;s motion (BVH, GLB, FBX)</source>
        <translation>Eine JSON-Datei mit 24 Gelenken oder das erste Bild der Bewegung einer Person (BVH, GLB, FBX)</translation>
    </message>
    <message>
        <source>Another number is another person of the same description</source>
        <translation>Eine andere Zahl ist eine andere Person derselben Beschreibung</translation>
    </message>
    <message>
        <source>Quickly, from the front alone</source>
        <translation>Schnell, nur von vorn</translation>
    </message>
    <message>
        <source>What is not said is left to chance. What is open is closed.</source>
        <translation>Was nicht gesagt wird, bleibt dem Zufall überlassen. Was offen ist, wird geschlossen.</translation>
    </message>
    <message>
        <source>Make</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Pose</source>
        <translation>Pose</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Pose of a person</source>
        <translation>Pose einer Person</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>mp4d::Preferences</name>
    <message>
        <source>The view is drawn by</source>
        <translation>Ansicht gezeichnet von</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Schnitte</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Work</source>
        <translation>Arbeit</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Size of everything</source>
        <translation>Größe von allem</translation>
    </message>
    <message>
        <source>Language and size change when the program starts next.</source>
        <translation>Sprache und Größe wechseln beim nächsten Start des Programms.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Keys of %1</source>
        <translation>Tasten von %1</translation>
    </message>
    <message>
        <source>Open at the start what was open last</source>
        <translation>Beim Start öffnen, was zuletzt offen war</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>Work that would take more is refused or takes less, and says so; at the next start</source>
        <translation>Arbeit, die mehr bräuchte, wird abgelehnt oder nimmt weniger und sagt es; ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Device and threads are those of what is opened from now on; what is open keeps its own options. The memory changes when the program starts next.</source>
        <translation>Gerät und Threads gelten für alles, was ab jetzt geöffnet wird; was offen ist, behält seine Optionen. Der Speicher ändert sich beim nächsten Start.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>mp4d::RigPanel</name>
    <message>
        <source>Joints</source>
        <translation>Gelenke</translation>
    </message>
    <message>
        <source>Place of the joint, %1</source>
        <translation>Ort des Gelenks, %1</translation>
    </message>
    <message>
        <source>Place of the joint in the rest pose, %1, metres</source>
        <translation>Ort des Gelenks in der Ruhepose, %1, Meter</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>A new joint below the chosen one</source>
        <translation>Ein neues Gelenk unter dem gewählten</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>What hangs on the joint, and its skin, go to its parent</source>
        <translation>Was am Gelenk hängt und seine Haut gehen an das übergeordnete</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>The joint of the same name on the other side goes to the mirrored place</source>
        <translation>Das gleichnamige Gelenk der anderen Seite kommt an den gespiegelten Ort</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>How far the joint turns from the rest pose: kept when it is turned under Motion, and by &apos;Keep the limits&apos; there</source>
        <translation>Wie weit sich das Gelenk aus der Ruhelage dreht: gilt beim Drehen unter Bewegung und für „Grenzen einhalten“ dort</translation>
    </message>
    <message>
        <source>Bends up to</source>
        <translation>Beugt bis</translation>
    </message>
    <message>
        <source>Away from the bone&apos;s direction at rest</source>
        <translation>Von der Richtung des Knochens in Ruhe weg</translation>
    </message>
    <message>
        <source>Twists from</source>
        <translation>Verdreht von</translation>
    </message>
    <message>
        <source>About the bone</source>
        <translation>Um den Knochen</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
</context>
<context>
    <name>mp4d::StagePanel</name>
    <message>
        <source>Open a video, a folder of pictures or a model, and what can be done with it is listed here.</source>
        <translation>Öffnen Sie ein Video, einen Bilderordner oder ein Modell; was sich damit tun lässt, steht dann hier.</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Reconstruct</source>
        <translation>Rekonstruieren</translation>
    </message>
    <message>
        <source>Rig anew</source>
        <translation>Neu riggen</translation>
    </message>
    <message>
        <source>Rig</source>
        <translation>Riggen</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>Übertragen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Choose a file to take the motion from first</source>
        <translation>Wählen Sie zuerst eine Datei, aus der die Bewegung kommt</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Folder of masks with the frames&apos; names; without it masks are computed</source>
        <translation>Ordner mit Masken, die wie die Bilder heißen; ohne ihn werden Masken berechnet</translation>
    </message>
    <message>
        <source>Folder of masks</source>
        <translation>Ordner mit Masken</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>A model with clips, a sequence of meshes, or a video, which is reconstructed first</source>
        <translation>Ein Modell mit Clips, eine Folge von Netzen oder ein Video, das zuerst rekonstruiert wird</translation>
    </message>
    <message>
        <source>Take the motion from</source>
        <translation>Bewegung übernehmen aus</translation>
    </message>
    <message>
        <source>Look at and paint masks…</source>
        <translation>Masken ansehen und malen …</translation>
    </message>
    <message>
        <source>Run from here</source>
        <translation>Ab hier neu</translation>
    </message>
    <message>
        <source>Makes this stage and those after it anew, also where their results are kept</source>
        <translation>Macht diesen Schritt und die danach neu, auch wo ihre Ergebnisse noch da sind</translation>
    </message>
    <message>
        <source>What the stage last looked like</source>
        <translation>Wie der Schritt zuletzt aussah</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>The work waits and leaves the processor to others</source>
        <translation>Die Arbeit wartet und überlässt den Prozessor anderen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortfahren</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>What the stage did and said</source>
        <translation>Was der Schritt tat und sagte</translation>
    </message>
    <message>
        <source>What the stage does and says while it runs stands here.</source>
        <translation>Hier steht, was der Schritt tut und sagt, während sie läuft.</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Side by side, and who follows whom…</source>
        <translation>Nebeneinander, und wer wem folgt …</translation>
    </message>
</context>
<context>
    <name>mp4d::StartPage</name>
    <message>
        <source>Drop a video here</source>
        <translation>Ziehen Sie ein Video hierher</translation>
    </message>
    <message>
        <source>It becomes a character with a skeleton that moves as filmed. A folder of pictures, a mesh, a rigged model (GLB, FBX, BVH, USD …) or a project will do too.</source>
        <translation>Daraus wird eine Figur mit Skelett, die sich wie gefilmt bewegt. Ein Ordner mit Bildern, ein Netz, ein Modell mit Skelett (GLB, FBX, BVH, USD …) oder ein Projekt geht auch.</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>Datei öffnen …</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Try the demo clip</source>
        <translation>Demo-Clip ausprobieren</translation>
    </message>
    <message>
        <source>Not saved when the program ended</source>
        <translation>Beim Ende des Programms nicht gespeichert</translation>
    </message>
    <message>
        <source>Recover the work of %1</source>
        <translation>Arbeit vom %1 wiederherstellen</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>A person from words…</source>
        <translation>Person aus Worten …</translation>
    </message>
    <message>
        <source>Many files…</source>
        <translation>Viele Dateien …</translation>
    </message>
    <message>
        <source>A place from photos…</source>
        <translation>Ein Ort aus Fotos …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>The options that what is opened next begins with</source>
        <translation>Die Optionen, mit denen beginnt, was als Nächstes geöffnet wird</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>Eigene</translation>
    </message>
</context>
<context>
    <name>mp4d::Timeline</name>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>Go to the start of the range (Home)</source>
        <translation>Zum Anfang des Bereichs (Pos1)</translation>
    </message>
    <message>
        <source>One frame back (Left)</source>
        <translation>Ein Bild zurück (Links)</translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation>Abspielen oder anhalten (Leertaste)</translation>
    </message>
    <message>
        <source>One frame on (Right)</source>
        <translation>Ein Bild vor (Rechts)</translation>
    </message>
    <message>
        <source>Play again and again</source>
        <translation>Immer wieder abspielen</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Rest pose</source>
        <translation>Ruhepose</translation>
    </message>
    <message>
        <source>frame %1 / %2   %3 s</source>
        <translation>Bild %1 / %2   %3 s</translation>
    </message>
</context>
<context>
    <name>mp4d::TimelineRuler</name>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>no clip</source>
        <translation>kein Clip</translation>
    </message>
    <message>
        <source>Lines: feet on the ground, from above: %1</source>
        <translation>Linien: Füße am Boden, von oben: %1</translation>
    </message>
    <message>
        <source>Diamonds: keys of the chosen joint, or of all; click to choose, drag to move, Delete to delete</source>
        <translation>Rauten: Schlüssel des gewählten Gelenks oder aller; Klick wählt, Ziehen verschiebt, Entf löscht</translation>
    </message>
</context>
<context>
    <name>mp4d::TransferEditor</name>
    <message>
        <source>Transfer</source>
        <translation>Übertragung</translation>
    </message>
    <message>
        <source>Who moves</source>
        <translation>Wer sich bewegt</translation>
    </message>
    <message>
        <source>Who follows</source>
        <translation>Wer folgt</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Rest poses, one over the other</source>
        <translation>Ruhelagen übereinander</translation>
    </message>
    <message>
        <source>On the right the pose that rotations are taken against, and in blue the source&apos;s, scaled: where they part, motion will be off</source>
        <translation>Rechts die Lage, gegen die Drehungen gemessen werden, in Blau die der Quelle, angepasst: wo sie sich trennen, wird die Bewegung abweichen</translation>
    </message>
    <message>
        <source>Motion…</source>
        <translation>Bewegung …</translation>
    </message>
    <message>
        <source>Take the motion from</source>
        <translation>Bewegung nehmen von</translation>
    </message>
    <message>
        <source>Kept maps</source>
        <translation>Eigene Zuordnungen</translation>
    </message>
    <message>
        <source>Keep the map…</source>
        <translation>Zuordnung behalten …</translation>
    </message>
    <message>
        <source>For other transfers between such skeletons, and for magicpose4d transfer --map</source>
        <translation>Für andere Übertragungen zwischen solchen Skeletten und für magicpose4d transfer --map</translation>
    </message>
    <message>
        <source>Keep the map</source>
        <translation>Zuordnung behalten</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Open a map…</source>
        <translation>Zuordnung öffnen …</translation>
    </message>
    <message>
        <source>Any map of magicpose4d transfer; pairs of chains that are not here are left out</source>
        <translation>Jede Zuordnung von magicpose4d transfer; Paare von Ketten, die es hier nicht gibt, entfallen</translation>
    </message>
    <message>
        <source>Open a map</source>
        <translation>Zuordnung öffnen</translation>
    </message>
    <message>
        <source>Find them anew</source>
        <translation>Neu finden</translation>
    </message>
    <message>
        <source>Forgets what was chosen here; the next transfer pairs the chains by itself</source>
        <translation>Vergisst, was hier gewählt wurde; die nächste Übertragung ordnet die Ketten selbst zu</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The motion is read…</source>
        <translation>Die Bewegung wird gelesen …</translation>
    </message>
    <message>
        <source>Motion: %1</source>
        <translation>Bewegung: %1</translation>
    </message>
    <message>
        <source>Motion: none</source>
        <translation>Bewegung: keine</translation>
    </message>
    <message>
        <source>Follows: %1</source>
        <translation>Folgt: %1</translation>
    </message>
    <message>
        <source>Choose a file to take the motion from: a model with clips, a sequence of meshes, or a video.</source>
        <translation>Eine Datei wählen, von der die Bewegung kommt: ein Modell mit Clips, eine Folge von Netzen oder ein Video.</translation>
    </message>
</context>
<context>
    <name>mp4d::Viewport</name>
    <message>
        <source>it needs an X display, this one is &apos;%1&apos;</source>
        <translation>es braucht eine X-Anzeige, diese ist „%1“</translation>
    </message>
    <message>
        <source>Open3D cannot draw the view: %1</source>
        <translation>Open3D kann die Ansicht nicht zeichnen: %1</translation>
    </message>
    <message>
        <source>as chosen</source>
        <translation>wie gewählt</translation>
    </message>
    <message>
        <source>the display &apos;%1&apos; has no OpenGL</source>
        <translation>die Anzeige „%1“ hat kein OpenGL</translation>
    </message>
    <message>
        <source>no OpenGL context could be made</source>
        <translation>es ließ sich kein OpenGL-Kontext anlegen</translation>
    </message>
    <message>
        <source>the OpenGL context cannot be used</source>
        <translation>der OpenGL-Kontext ist nicht benutzbar</translation>
    </message>
    <message>
        <source>OpenGL 3.3 is needed, this is %1.%2</source>
        <translation>OpenGL 3.3 ist nötig, hier ist %1.%2</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>3D-Ansicht</translation>
    </message>
    <message>
        <source>The view is drawn on the processor, which is slower: %1</source>
        <translation>Die Ansicht wird auf dem Prozessor gezeichnet, das ist langsamer: %1</translation>
    </message>
    <message>
        <source>Processor: %1</source>
        <translation>Prozessor: %1</translation>
    </message>
    <message>
        <source>%L1 vertices</source>
        <translation>%L1 Punkte</translation>
    </message>
    <message>
        <source>%L1 joints</source>
        <translation>%L1 Gelenke</translation>
    </message>
    <message>
        <source>frame %1 of %2</source>
        <translation>Bild %1 von %2</translation>
    </message>
    <message>
        <source>rest pose: drag joints to move them</source>
        <translation>Ruhepose: Gelenke mit der Maus ziehen</translation>
    </message>
    <message>
        <source>through the clip&apos;s camera</source>
        <translation>durch die Kamera des Clips</translation>
    </message>
    <message>
        <source>brush: drag over the skin to paint its weights</source>
        <translation>Pinsel: über die Haut ziehen malt ihre Gewichte</translation>
    </message>
    <message>
        <source>brush: choose a joint first</source>
        <translation>Pinsel: wählen Sie zuerst ein Gelenk</translation>
    </message>
    <message>
        <source>%L1 vertices, as they stand</source>
        <translation>%L1 Punkte, wie sie gerade stehen</translation>
    </message>
    <message>
        <source>cameras: %1</source>
        <translation>Kameras: %1</translation>
    </message>
    <message>
        <source>silhouettes agree to %1 %: missed %2 % (orange), too much %3 % (blue)</source>
        <translation>Umrisse stimmen zu %1 % überein: verfehlt %2 % (orange), zu viel %3 % (blau)</translation>
    </message>
    <message>
        <source>masks are looked for…</source>
        <translation>Masken werden gesucht …</translation>
    </message>
</context>
<context>
    <name>mp4d::WeightPanel</name>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>add to the joint</source>
        <translation>dem Gelenk geben</translation>
    </message>
    <message>
        <source>take from the joint</source>
        <translation>dem Gelenk nehmen</translation>
    </message>
    <message>
        <source>smooth all</source>
        <translation>alles glätten</translation>
    </message>
    <message>
        <source>Radius of the brush in pixels</source>
        <translation>Radius des Pinsels in Bildpunkten</translation>
    </message>
    <message>
        <source>How much one touch does, 0 to 1</source>
        <translation>Wie viel eine Berührung tut, 0 bis 1</translation>
    </message>
    <message>
        <source>Weights anew</source>
        <translation>Gewichte neu</translation>
    </message>
    <message>
        <source>Finds the weights of every joint from the skeleton as it is now; what was painted is lost</source>
        <translation>Bestimmt die Gewichte aller Gelenke aus dem jetzigen Skelett; Gemaltes geht verloren</translation>
    </message>
    <message>
        <source>Radius</source>
        <translation>Radius</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Joint: %1</source>
        <translation>Gelenk: %1</translation>
    </message>
    <message>
        <source>Click a joint in the tree to paint its weights</source>
        <translation>Klicken Sie im Baum ein Gelenk an, um seine Gewichte zu malen</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>The weights of the chosen joint&apos;s half of the body on the other half</source>
        <translation>Die Gewichte der Körperhälfte des gewählten Gelenks auf die andere Hälfte</translation>
    </message>
</context>
<context>
    <name>mp4d::Workspace</name>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 von %3</translation>
    </message>
    <message>
        <source>%1: stopped; run it again and it goes on after its last finished stage</source>
        <translation>%1: angehalten; beim nächsten Mal geht es nach dem letzten fertigen Schritt weiter</translation>
    </message>
    <message>
        <source>%1 is running; stop it first</source>
        <translation>%1 läuft; halten Sie es zuerst an</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>%1 öffnen</translation>
    </message>
    <message>
        <source>%1 frames read</source>
        <translation>%1 Bilder gelesen</translation>
    </message>
    <message>
        <source>Reconstruct</source>
        <translation>Rekonstruieren</translation>
    </message>
    <message>
        <source>Reconstructed: %1 % of the silhouettes agree</source>
        <translation>Rekonstruiert: %1 % der Umrisse stimmen überein</translation>
    </message>
    <message>
        <source>Rig</source>
        <translation>Riggen</translation>
    </message>
    <message>
        <source>Transfer: choose a file to take the motion from</source>
        <translation>Übertragen: wählen Sie eine Datei, aus der die Bewegung kommt</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>Übertragen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Exported %1: %2</source>
        <translation>%1 exportiert: %2</translation>
    </message>
    <message>
        <source>Save: %1</source>
        <translation>Speichern: %1</translation>
    </message>
    <message>
        <source>Autosave: %1</source>
        <translation>Automatisches Speichern: %1</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Autosave</source>
        <translation>Automatisch speichern</translation>
    </message>
    <message>
        <source>Rename joint: there is a joint named &quot;%1&quot; already</source>
        <translation>Gelenk umbenennen: ein Gelenk namens „%1“ gibt es schon</translation>
    </message>
    <message>
        <source>Rename joint</source>
        <translation>Gelenk umbenennen</translation>
    </message>
    <message>
        <source>Move joint</source>
        <translation>Gelenk verschieben</translation>
    </message>
    <message>
        <source>Rename clip</source>
        <translation>Clip umbenennen</translation>
    </message>
    <message>
        <source>Remove clip</source>
        <translation>Clip entfernen</translation>
    </message>
    <message>
        <source>Change %1</source>
        <translation>%1 ändern</translation>
    </message>
    <message>
        <source>Choose motion</source>
        <translation>Bewegung wählen</translation>
    </message>
    <message>
        <source>Choose masks</source>
        <translation>Masken wählen</translation>
    </message>
    <message>
        <source>Add joint</source>
        <translation>Gelenk hinzufügen</translation>
    </message>
    <message>
        <source>Remove joint: a root can only be left out if one joint hangs on it, which then becomes the root</source>
        <translation>Gelenk entfernen: eine Wurzel kann nur entfallen, wenn genau ein Gelenk an ihr hängt, das dann die Wurzel wird</translation>
    </message>
    <message>
        <source>Remove joint</source>
        <translation>Gelenk entfernen</translation>
    </message>
    <message>
        <source>Mirror joint: there is no joint of that name on the other side (as hand.L and hand.R)</source>
        <translation>Gelenk spiegeln: auf der anderen Seite gibt es kein Gelenk dieses Namens (wie hand.L und hand.R)</translation>
    </message>
    <message>
        <source>Mirror joint</source>
        <translation>Gelenk spiegeln</translation>
    </message>
    <message>
        <source>Paint weights</source>
        <translation>Gewichte malen</translation>
    </message>
    <message>
        <source>Cut clip</source>
        <translation>Clip kürzen</translation>
    </message>
    <message>
        <source>Make a loop</source>
        <translation>Schleife bilden</translation>
    </message>
    <message>
        <source>Change the way</source>
        <translation>Weg ändern</translation>
    </message>
    <message>
        <source>Set keys anew</source>
        <translation>Schlüssel neu setzen</translation>
    </message>
    <message>
        <source>Smooth clip</source>
        <translation>Clip glätten</translation>
    </message>
    <message>
        <source>Turn joint</source>
        <translation>Gelenk drehen</translation>
    </message>
    <message>
        <source>Transfer: no chain follows any other; choose what one follows, or find them anew</source>
        <translation>Übertragen: keine Kette folgt einer anderen; wählen Sie, wem eine folgt, oder suchen Sie neu</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Weights anew</source>
        <translation>Gewichte neu</translation>
    </message>
    <message>
        <source>Change chain</source>
        <translation>Kette ändern</translation>
    </message>
    <message>
        <source>Find chains anew</source>
        <translation>Ketten neu suchen</translation>
    </message>
    <message>
        <source>New person</source>
        <translation>Neue Person</translation>
    </message>
    <message>
        <source>Hold feet</source>
        <translation>Füße halten</translation>
    </message>
    <message>
        <source>Delete keys</source>
        <translation>Schlüssel löschen</translation>
    </message>
    <message>
        <source>Move keys</source>
        <translation>Schlüssel verschieben</translation>
    </message>
    <message>
        <source>Paste pose: what was copied is of another skeleton</source>
        <translation>Pose einfügen: Das Kopierte gehört zu einem anderen Skelett</translation>
    </message>
    <message>
        <source>Paste pose</source>
        <translation>Pose einfügen</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Mirror weights: choose a joint of the half that is right; this one has none of its name on the other side</source>
        <translation>Gewichte spiegeln: ein Gelenk der richtigen Hälfte wählen; dieses hat keines seines Namens auf der anderen Seite</translation>
    </message>
    <message>
        <source>Mirror weights</source>
        <translation>Gewichte spiegeln</translation>
    </message>
    <message>
        <source>Limit joint</source>
        <translation>Gelenk begrenzen</translation>
    </message>
    <message>
        <source>Keep the limits</source>
        <translation>Grenzen einhalten</translation>
    </message>
    <message>
        <source>Keep the limits: %1 of %2 keys were beyond them</source>
        <translation>Grenzen einhalten: %1 von %2 Schlüsseln waren darüber hinaus</translation>
    </message>
    <message>
        <source>Template: %1</source>
        <translation>Vorlage: %1</translation>
    </message>
    <message>
        <source>%1 could not be removed: %2</source>
        <translation>%1 konnte nicht entfernt werden: %2</translation>
    </message>
    <message>
        <source>The template is left out: %1</source>
        <translation>Die Vorlage wird weggelassen: %1</translation>
    </message>
    <message>
        <source>Read the motion</source>
        <translation>Bewegung lesen</translation>
    </message>
    <message>
        <source>Use a map</source>
        <translation>Zuordnung verwenden</translation>
    </message>
</context>
</TS>
