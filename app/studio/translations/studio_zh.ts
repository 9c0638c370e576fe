<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Chains</name>
    <message>
        <source>trunk</source>
        <translation>躯干</translation>
    </message>
    <message>
        <source>neck</source>
        <translation>颈</translation>
    </message>
    <message>
        <source>tail</source>
        <translation>尾</translation>
    </message>
    <message>
        <source>leg left</source>
        <translation>左腿</translation>
    </message>
    <message>
        <source>leg right</source>
        <translation>右腿</translation>
    </message>
    <message>
        <source>arm left</source>
        <translation>左臂</translation>
    </message>
    <message>
        <source>arm right</source>
        <translation>右臂</translation>
    </message>
    <message>
        <source>wing left</source>
        <translation>左翼</translation>
    </message>
    <message>
        <source>wing right</source>
        <translation>右翼</translation>
    </message>
    <message>
        <source>girdle left</source>
        <translation>左肩带</translation>
    </message>
    <message>
        <source>girdle right</source>
        <translation>右肩带</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Save the changes to %1?</source>
        <translation>是否保存对 %1 的更改？</translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>Start</source>
        <translation>起点</translation>
    </message>
    <message>
        <source>End</source>
        <translation>终点</translation>
    </message>
    <message>
        <source>Fps</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步长</translation>
    </message>
    <message>
        <source>Max frames</source>
        <translation>最多帧数</translation>
    </message>
    <message>
        <source>Shots</source>
        <translation>镜头</translation>
    </message>
    <message>
        <source>Masks from</source>
        <translation>蒙版来源</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主体</translation>
    </message>
    <message>
        <source>Carry masks</source>
        <translation>传递蒙版</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>体型</translation>
    </message>
    <message>
        <source>Effort</source>
        <translation>计算量</translation>
    </message>
    <message>
        <source>Fov</source>
        <translation>视角</translation>
    </message>
    <message>
        <source>Free form</source>
        <translation>自由形变</translation>
    </message>
    <message>
        <source>Guess pull</source>
        <translation>贴近初始猜测</translation>
    </message>
    <message>
        <source>Dynamic rigidity</source>
        <translation>动态刚性</translation>
    </message>
    <message>
        <source>Global local chamfer</source>
        <translation>全局-局部 Chamfer</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Phase2</source>
        <translation>阶段 2</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>按原论文</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>贴图</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>分辨率</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>向上</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>向前</translation>
    </message>
    <message>
        <source>Root</source>
        <translation>根部</translation>
    </message>
    <message>
        <source>Forelegs</source>
        <translation>前腿</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>接触</translation>
    </message>
    <message>
        <source>Ik</source>
        <translation>IK</translation>
    </message>
    <message>
        <source>Rigidity</source>
        <translation>刚性</translation>
    </message>
    <message>
        <source>Max strain</source>
        <translation>最大应变</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>体积</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>For</source>
        <translation>用于</translation>
    </message>
    <message>
        <source>Up axis</source>
        <translation>向上轴</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Key fps</source>
        <translation>每秒关键帧</translation>
    </message>
    <message>
        <source>Leaf bones</source>
        <translation>末端骨</translation>
    </message>
    <message>
        <source>Armature</source>
        <translation>骨架节点</translation>
    </message>
    <message>
        <source>Influences</source>
        <translation>影响数</translation>
    </message>
    <message>
        <source>Weld</source>
        <translation>焊接</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>场</translation>
    </message>
    <message>
        <source>Max side</source>
        <translation>最大边长</translation>
    </message>
    <message>
        <source>S3im weight</source>
        <translation>S3IM 权重</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>收缩远景</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source>Refine poses</source>
        <translation>优化相机</translation>
    </message>
    <message>
        <source>Hold out</source>
        <translation>留出</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Bounds</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Least views</source>
        <translation>最少画面</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>三角面</translation>
    </message>
    <message>
        <source>Landmarks</source>
        <translation>关节网络</translation>
    </message>
    <message>
        <source>Guess surface</source>
        <translation>初猜表面</translation>
    </message>
    <message>
        <source>Guess words</source>
        <translation>人物描述</translation>
    </message>
</context>
<context>
    <name>Phases</name>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>蒙版</translation>
    </message>
    <message>
        <source>flow</source>
        <translation>光流</translation>
    </message>
    <message>
        <source>coarse guess</source>
        <translation>粗略估计</translation>
    </message>
    <message>
        <source>phase 1</source>
        <translation>阶段 1</translation>
    </message>
    <message>
        <source>rig</source>
        <translation>骨架</translation>
    </message>
    <message>
        <source>phase 2</source>
        <translation>阶段 2</translation>
    </message>
    <message>
        <source>colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>read motion</source>
        <translation>读取动作</translation>
    </message>
    <message>
        <source>prepare</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>transfer</source>
        <translation>迁移</translation>
    </message>
    <message>
        <source>write</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>sample</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>features</source>
        <translation>特征</translation>
    </message>
    <message>
        <source>matches</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>cameras</source>
        <translation>相机</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>Frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>蒙版</translation>
    </message>
    <message>
        <source>Phase 1: shape</source>
        <translation>阶段 1：形状</translation>
    </message>
    <message>
        <source>Phase 2: skeleton and motion</source>
        <translation>阶段 2：骨架与动作</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>纹理</translation>
    </message>
    <message>
        <source>Rig</source>
        <translation>绑定</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>迁移</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>not run</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>警告：%1</translation>
    </message>
    <message>
        <source>done after %1</source>
        <translation>用时 %1 完成</translation>
    </message>
</context>
<context>
    <name>Templates</name>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Everything is found out from the clip</source>
        <translation>一切由片段自动判断</translation>
    </message>
    <message>
        <source>Animal on four legs</source>
        <translation>四足动物</translation>
    </message>
    <message>
        <source>Spares the search for the body plan</source>
        <translation>省去判断体型的时间</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人</translation>
    </message>
    <message>
        <source>Bird</source>
        <translation>鸟</translation>
    </message>
    <message>
        <source>Quick look</source>
        <translation>快速预览</translation>
    </message>
    <message>
        <source>A third of the effort and no texture, to see whether a clip will do</source>
        <translation>三分之一的计算量，不做贴图：看片段是否可用</translation>
    </message>
    <message>
        <source>Best quality</source>
        <translation>最佳质量</translation>
    </message>
    <message>
        <source>Twice the effort and the time</source>
        <translation>计算量和时间加倍</translation>
    </message>
    <message>
        <source>For Unity</source>
        <translation>用于 Unity</translation>
    </message>
    <message>
        <source>Exports as Unity takes it</source>
        <translation>按 Unity 的要求导出</translation>
    </message>
    <message>
        <source>For Unreal</source>
        <translation>用于 Unreal</translation>
    </message>
    <message>
        <source>Exports as Unreal takes it</source>
        <translation>按 Unreal 的要求导出</translation>
    </message>
</context>
<context>
    <name>mp4d::ActionSearch</name>
    <message>
        <source>Do…</source>
        <translation>执行…</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>您想做什么？</translation>
    </message>
    <message>
        <source>No action has these words</source>
        <translation>没有匹配的操作</translation>
    </message>
</context>
<context>
    <name>mp4d::BatchModel</name>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批处理</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <translation>%1，%2 %</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Result or error</source>
        <translation>结果或错误</translation>
    </message>
</context>
<context>
    <name>mp4d::BatchWindow</name>
    <message>
        <source>Batch</source>
        <translation>批处理</translation>
    </message>
    <message>
        <source>Open the result</source>
        <translation>打开结果</translation>
    </message>
    <message>
        <source>Shows what the chosen job made</source>
        <translation>显示所选任务的结果</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>重试失败的任务</translation>
    </message>
    <message>
        <source>Runs the jobs that failed, and those that are not done, again</source>
        <translation>重新运行失败和未完成的任务</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Finished stages of running jobs are kept</source>
        <translation>正在运行的任务会保留已完成的阶段</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>What is done already is not done again</source>
        <translation>已完成的不会重复</translation>
    </message>
    <message>
        <source>Reconstruct: videos, folders of pictures, sequences of meshes</source>
        <translation>重建：视频、图片文件夹、网格序列</translation>
    </message>
    <message>
        <source>Rig: meshes get a skeleton</source>
        <translation>骨架：为网格生成骨架</translation>
    </message>
    <message>
        <source>Transfer: the open document&apos;s motion onto each</source>
        <translation>迁移：把打开文档的动作用到每个模型上</translation>
    </message>
    <message>
        <source>as they come</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>of the open document</source>
        <translation>取自打开的文档</translation>
    </message>
    <message>
        <source>of a file (JSON)…</source>
        <translation>取自文件（JSON）…</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Jobs that run at the same time, each with its share of the cores</source>
        <translation>同时运行的任务数，各占一部分核心</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>A job that takes longer has failed</source>
        <translation>超过此时间的任务视为失败</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>A job that would take more has failed</source>
        <translation>需要更多内存的任务视为失败</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时间上限</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>内存上限</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Results in</source>
        <translation>结果存放在</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>同时运行</translation>
    </message>
    <message>
        <source>Options of all jobs</source>
        <translation>所有任务的选项</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Folder of the results</source>
        <translation>结果文件夹</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>A job for each</source>
        <translation>每个文件一个任务</translation>
    </message>
    <message>
        <source>Add files to the batch</source>
        <translation>向批处理添加文件</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>A folder of pictures is one clip; of others everything in it is added</source>
        <translation>图片文件夹算作一个片段；其他文件夹则添加其中全部内容</translation>
    </message>
    <message>
        <source>Add a folder to the batch</source>
        <translation>向批处理添加文件夹</translation>
    </message>
    <message>
        <source>Open a list…</source>
        <translation>打开列表…</translation>
    </message>
    <message>
        <source>A JSON list, as magicpose4d batch takes it</source>
        <translation>JSON 列表，与 magicpose4d batch 所用相同</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Takes the chosen jobs out of the list; results stay</source>
        <translation>从列表中移除所选任务；结果保留</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Begins another list</source>
        <translation>开始新的列表</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Drop files or folders here: one job each. Every job runs in a process of its own, so that one that fails costs no other; what was stopped goes on where it was.</source>
        <translation>将文件或文件夹拖到此处：每个一个任务。每个任务在独立进程中运行，失败互不影响；停止后可从原处继续。</translation>
    </message>
    <message>
        <source>What the chosen job said</source>
        <translation>所选任务的输出</translation>
    </message>
    <message>
        <source>What the chosen job says stands here.</source>
        <translation>此处显示所选任务的输出。</translation>
    </message>
    <message>
        <source>Open a list of jobs</source>
        <translation>打开任务列表</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>错误：%1</translation>
    </message>
    <message>
        <source>Jobs: %1</source>
        <translation>任务：%1</translation>
    </message>
</context>
<context>
    <name>mp4d::ChainLinks</name>
    <message>
        <source>Which chain follows which</source>
        <translation>骨链的对应关系</translation>
    </message>
</context>
<context>
    <name>mp4d::ChainTable</name>
    <message>
        <source>Which chain follows which</source>
        <translation>哪条骨链跟随哪条</translation>
    </message>
    <message>
        <source>Chain</source>
        <translation>骨链</translation>
    </message>
    <message>
        <source>Follows</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>把握</translation>
    </message>
    <message>
        <source>From 0 to 1; below 0.44 nothing is paired</source>
        <translation>从 0 到 1；低于 0.44 不配对</translation>
    </message>
    <message>
        <source>Find them anew</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>Forgets what was chosen here; the next transfer pairs the chains by itself</source>
        <translation>忘掉此处的选择；下次迁移自动配对</translation>
    </message>
    <message>
        <source>What %1 follows</source>
        <translation>%1 跟随什么</translation>
    </message>
    <message>
        <source>keeps its rest pose</source>
        <translation>保持静止姿势</translation>
    </message>
</context>
<context>
    <name>mp4d::ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Clips to export</source>
        <translation>要导出的片段</translation>
    </message>
    <message>
        <source>Clips</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Written. </source>
        <translation>已写入。</translation>
    </message>
    <message>
        <source>Not written. </source>
        <translation>未写入。</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>Models (%1)</source>
        <translation>模型 (%1)</translation>
    </message>
    <message>
        <source>Writing, and reading it again…</source>
        <translation>正在写入并回读…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The ending says the format: %1; %2 is a mesh a frame</source>
        <translation>扩展名决定格式：%1；%2 为每帧一个网格</translation>
    </message>
</context>
<context>
    <name>mp4d::FieldPanel</name>
    <message>
        <source>Scene…</source>
        <translation>场景…</translation>
    </message>
    <message>
        <source>A folder of pictures whose cameras are known: NeRF, nerfstudio, COLMAP, LLFF, IDR and others</source>
        <translation>相机已知的图片文件夹：NeRF、nerfstudio、COLMAP、LLFF、IDR 等</translation>
    </message>
    <message>
        <source>Open a scene</source>
        <translation>打开场景</translation>
    </message>
    <message>
        <source>Photos…</source>
        <translation>照片…</translation>
    </message>
    <message>
        <source>A folder of photos whose cameras are not known: COLMAP finds them first</source>
        <translation>相机未知的照片文件夹：先由 COLMAP 求出相机</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>Video…</source>
        <translation>视频…</translation>
    </message>
    <message>
        <source>A video through a place that stands still: COLMAP finds the cameras first</source>
        <translation>穿过静止场景的视频：先由 COLMAP 求出相机</translation>
    </message>
    <message>
        <source>Open a video of a place</source>
        <translation>打开场景视频</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>What is trained is kept; it goes on from there</source>
        <translation>已训练的部分会保留，可从那里继续</translation>
    </message>
    <message>
        <source>How the field looks</source>
        <translation>场的外观</translation>
    </message>
    <message>
        <source>PSNR, dB</source>
        <translation>PSNR，dB</translation>
    </message>
    <message>
        <source>How well it agrees with its pictures is drawn here while it trains.</source>
        <translation>训练时在此绘制与图片的吻合程度。</translation>
    </message>
    <message>
        <source>PSNR over the training</source>
        <translation>训练过程中的 PSNR</translation>
    </message>
    <message>
        <source>Line: the pictures it is trained on. Points: those that are held out.</source>
        <translation>线：用于训练的图片。点：留出的图片。</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Loss over the training</source>
        <translation>训练过程中的损失</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Makes the surface and opens it in the view; what is open is closed</source>
        <translation>生成表面并在视图中打开；当前打开的内容会关闭</translation>
    </message>
    <message>
        <source>Orbit video…</source>
        <translation>环绕视频…</translation>
    </message>
    <message>
        <source>Once round what the cameras look at</source>
        <translation>绕相机所看之处一周</translation>
    </message>
    <message>
        <source>Write a video</source>
        <translation>写入视频</translation>
    </message>
    <message>
        <source>Videos and pictures (*.mp4 *.gif *.png *.jpg)</source>
        <translation>视频和图片 (*.mp4 *.gif *.png *.jpg)</translation>
    </message>
    <message>
        <source>%1: %2 pictures, %3 of them held out to judge by</source>
        <translation>%1：%2 张图片，其中 %3 张留作检验</translation>
    </message>
    <message>
        <source>%1 (%2). The field is kept in %3</source>
        <translation>%1（%2）。场保存在 %3</translation>
    </message>
    <message>
        <source>A place or a thing that stands still, from pictures all round. Open a scene, and its cameras are shown; train, and it can be seen from anywhere, filmed, or turned into a mesh.</source>
        <translation>由四周拍摄的图片得到静止的场景或物体。打开场景即显示其相机；训练后可从任意方向观看、拍摄视频或转换为网格。</translation>
    </message>
    <message>
        <source>Training…</source>
        <translation>训练中…</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>已训练</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Other options begin another training; this one is kept</source>
        <translation>更改选项会开始另一次训练；本次保留</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>held out %1 dB</source>
        <translation>留出 %1 dB</translation>
    </message>
</context>
<context>
    <name>mp4d::FieldPathEditor</name>
    <message>
        <source>Places that the camera passes</source>
        <translation>相机经过的位置</translation>
    </message>
    <message>
        <source>A double click looks from there</source>
        <translation>双击从该处观看</translation>
    </message>
    <message>
        <source>Add view</source>
        <translation>添加视角</translation>
    </message>
    <message>
        <source>The camera is to pass where the view is now, after the chosen place</source>
        <translation>相机在所选位置之后经过当前视角</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>The chosen place becomes where the view is now</source>
        <translation>所选位置改为当前视角</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>提前</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>推后</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>A cameras.json</source>
        <translation>cameras.json 文件</translation>
    </message>
    <message>
        <source>Open a camera path</source>
        <translation>打开相机路径</translation>
    </message>
    <message>
        <source>Camera paths (*.json)</source>
        <translation>相机路径 (*.json)</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>As a cameras.json, for magicpose4d field render --spline --path</source>
        <translation>存为 cameras.json，供 magicpose4d field render --spline --path 使用</translation>
    </message>
    <message>
        <source>Write a camera path</source>
        <translation>写出相机路径</translation>
    </message>
    <message>
        <source>Film…</source>
        <translation>拍摄…</translation>
    </message>
    <message>
        <source>A video along the smooth way through the places, as the view shows it</source>
        <translation>沿视图所示的平滑路径经过各位置的视频</translation>
    </message>
    <message>
        <source>Write a video</source>
        <translation>写出视频</translation>
    </message>
    <message>
        <source>Videos and pictures (*.mp4 *.gif *.png *.jpg)</source>
        <translation>视频和图片 (*.mp4 *.gif *.png *.jpg)</translation>
    </message>
    <message>
        <source>Camera path</source>
        <translation>相机路径</translation>
    </message>
    <message>
        <source>Place %1</source>
        <translation>位置 %1</translation>
    </message>
</context>
<context>
    <name>mp4d::FieldWork</name>
    <message>
        <source>Film</source>
        <translation>拍摄</translation>
    </message>
    <message>
        <source>%1 is running; stop it first</source>
        <translation>%1 正在运行；请先停止</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>打开 %1</translation>
    </message>
    <message>
        <source>Find cameras</source>
        <translation>求相机</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Orbit</source>
        <translation>环绕</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>已写入：%1</translation>
    </message>
    <message>
        <source>Mesh</source>
        <translation>网格</translation>
    </message>
</context>
<context>
    <name>mp4d::FootageView</name>
    <message>
        <source>The clip&apos;s picture</source>
        <translation>片段画面</translation>
    </message>
</context>
<context>
    <name>mp4d::IssuePanel</name>
    <message>
        <source>Issues</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
</context>
<context>
    <name>mp4d::Issues</name>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
</context>
<context>
    <name>mp4d::MainWindow</name>
    <message>
        <source>Drawn by: OpenGL, or the processor</source>
        <translation>绘制方式：OpenGL 或处理器</translation>
    </message>
    <message>
        <source>Drawn by: Open3D, with shadows</source>
        <translation>绘制方式：Open3D（带阴影）</translation>
    </message>
    <message>
        <source>Drawn by: the processor</source>
        <translation>绘制方式：处理器</translation>
    </message>
    <message>
        <source>Projects (*%1)</source>
        <translation>项目 (*%1)</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Skeleton</source>
        <translation>骨架</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>Issues</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a video, a model or a project</source>
        <translation>打开视频、模型或项目</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open a folder of pictures or meshes</source>
        <translation>打开图片或网格文件夹</translation>
    </message>
    <message>
        <source>&amp;Save project</source>
        <translation>保存项目(&amp;S)</translation>
    </message>
    <message>
        <source>Save project &amp;as…</source>
        <translation>项目另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>撤销(&amp;U)：%1</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>重做(&amp;R)：%1</translation>
    </message>
    <message>
        <source>&amp;Move joints</source>
        <translation>移动关节(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Find an action…</source>
        <translation>查找操作(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Textured</source>
        <translation>纹理(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Shape only</source>
        <translation>仅形状(&amp;S)</translation>
    </message>
    <message>
        <source>Skin &amp;weights</source>
        <translation>蒙皮权重(&amp;W)</translation>
    </message>
    <message>
        <source>W&amp;ireframe</source>
        <translation>线框(&amp;I)</translation>
    </message>
    <message>
        <source>S&amp;keleton</source>
        <translation>骨架(&amp;K)</translation>
    </message>
    <message>
        <source>Joint &amp;names</source>
        <translation>关节名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Ground</source>
        <translation>地面(&amp;G)</translation>
    </message>
    <message>
        <source>Through the clip&apos;s &amp;camera</source>
        <translation>通过片段的摄像机(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Frame everything</source>
        <translation>显示全部(&amp;F)</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>前视图</translation>
    </message>
    <message>
        <source>From behind</source>
        <translation>后视图</translation>
    </message>
    <message>
        <source>From its left</source>
        <translation>左视图</translation>
    </message>
    <message>
        <source>From its right</source>
        <translation>右视图</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>俯视图</translation>
    </message>
    <message>
        <source>Three-quarter view</source>
        <translation>四分之三视图</translation>
    </message>
    <message>
        <source>Theme: as the system</source>
        <translation>主题：跟随系统</translation>
    </message>
    <message>
        <source>Theme: light</source>
        <translation>主题：浅色</translation>
    </message>
    <message>
        <source>Theme: dark</source>
        <translation>主题：深色</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>播放或暂停(&amp;P)</translation>
    </message>
    <message>
        <source>One frame &amp;back</source>
        <translation>后退一帧(&amp;B)</translation>
    </message>
    <message>
        <source>One frame &amp;on</source>
        <translation>前进一帧(&amp;O)</translation>
    </message>
    <message>
        <source>Play from &amp;here</source>
        <translation>从此处播放(&amp;H)</translation>
    </message>
    <message>
        <source>Play up to h&amp;ere</source>
        <translation>播放到此处(&amp;E)</translation>
    </message>
    <message>
        <source>Play the &amp;whole clip</source>
        <translation>播放整个片段(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Rename clip…</source>
        <translation>重命名片段(&amp;R)…</translation>
    </message>
    <message>
        <source>Rename clip</source>
        <translation>重命名片段</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Re&amp;move clip</source>
        <translation>删除片段(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Reconstruct</source>
        <translation>重建(&amp;R)</translation>
    </message>
    <message>
        <source>Make a &amp;skeleton</source>
        <translation>生成骨架(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Transfer the motion</source>
        <translation>迁移动作(&amp;T)</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Clip</source>
        <translation>片段(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Stages</source>
        <translation>阶段(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗口(&amp;W)</translation>
    </message>
    <message>
        <source>Errors: %1, warnings: %2</source>
        <translation>错误：%1，警告：%2</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>保存项目</translation>
    </message>
    <message>
        <source>Language: as the system</source>
        <translation>语言：跟随系统</translation>
    </message>
    <message>
        <source>The language changes when the program starts next</source>
        <translation>语言将在下次启动时更改</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>&amp;New person from words…</source>
        <translation>由文字新建人物(&amp;N)…</translation>
    </message>
    <message>
        <source>Pat&amp;h of the chosen joint</source>
        <translation>所选关节的轨迹(&amp;H)</translation>
    </message>
    <message>
        <source>Gh&amp;osts before and after</source>
        <translation>前后残影(&amp;O)</translation>
    </message>
    <message>
        <source>Look at and &amp;paint masks…</source>
        <translation>查看并绘制蒙版(&amp;P)…</translation>
    </message>
    <message>
        <source>P&amp;references…</source>
        <translation>首选项(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Batch of many files…</source>
        <translation>多个文件的批处理(&amp;B)…</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>场</translation>
    </message>
    <message>
        <source>Neural &amp;field of a place…</source>
        <translation>场景的神经场(&amp;F)…</translation>
    </message>
    <message>
        <source>Cameras of the &amp;field&apos;s pictures</source>
        <translation>场的图片相机(&amp;F)</translation>
    </message>
    <message>
        <source>Silhouette &amp;error</source>
        <translation>轮廓误差(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Copy the pose</source>
        <translation>复制姿势(&amp;C)</translation>
    </message>
    <message>
        <source>Paste the pose as a &amp;key</source>
        <translation>将姿势粘贴为关键帧(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Delete the chosen keys</source>
        <translation>删除所选关键帧(&amp;D)</translation>
    </message>
    <message>
        <source>Run from the &amp;chosen stage on</source>
        <translation>从所选阶段开始运行(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Pause or go on</source>
        <translation>暂停或继续(&amp;P)</translation>
    </message>
    <message>
        <source>Keep the options as a &amp;template…</source>
        <translation>将选项存为模板(&amp;T)…</translation>
    </message>
    <message>
        <source>Keep the options as a template</source>
        <translation>将选项存为模板</translation>
    </message>
    <message>
        <source>Way of the clip&apos;s c&amp;amera</source>
        <translation>片段摄像机的路径(&amp;A)</translation>
    </message>
    <message>
        <source>The clip&apos;s picture &amp;beside</source>
        <translation>旁边显示片段画面(&amp;B)</translation>
    </message>
    <message>
        <source>Silhouette out&amp;lines</source>
        <translation>轮廓线(&amp;L)</translation>
    </message>
    <message>
        <source>Frame the chosen &amp;joint</source>
        <translation>聚焦所选关节(&amp;J)</translation>
    </message>
    <message>
        <source>Both &amp;sides of the transfer…</source>
        <translation>迁移的两侧(&amp;S)…</translation>
    </message>
    <message>
        <source>Options of a te&amp;mplate</source>
        <translation>使用模板的选项(&amp;M)</translation>
    </message>
</context>
<context>
    <name>mp4d::MaskCanvas</name>
    <message>
        <source>Frame with its mask</source>
        <translation>帧及其蒙版</translation>
    </message>
</context>
<context>
    <name>mp4d::MaskEditor</name>
    <message>
        <source>Masks</source>
        <translation>蒙版</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>擦除</translation>
    </message>
    <message>
        <source>The right button always does the other of the two</source>
        <translation>右键总是执行另一种操作</translation>
    </message>
    <message>
        <source>Radius of the brush in pixels</source>
        <translation>画笔半径（像素）</translation>
    </message>
    <message>
        <source>Undo stroke</source>
        <translation>撤销笔画</translation>
    </message>
    <message>
        <source>Takes the last stroke back (Ctrl+Z)</source>
        <translation>撤销上一笔（Ctrl+Z）</translation>
    </message>
    <message>
        <source>Find the subject</source>
        <translation>查找主体</translation>
    </message>
    <message>
        <source>Computes the masks of all frames, as the reconstruction would; what was painted stays</source>
        <translation>像重建那样计算所有帧的蒙版；已绘制的保留</translation>
    </message>
    <message>
        <source>Carry to all frames</source>
        <translation>传播到所有帧</translation>
    </message>
    <message>
        <source>Makes the masks of all other frames from the painted ones</source>
        <translation>由已绘制的帧生成其余各帧的蒙版</translation>
    </message>
    <message>
        <source>Swap subject and background</source>
        <translation>交换主体与背景</translation>
    </message>
    <message>
        <source>In all frames</source>
        <translation>在所有帧中</translation>
    </message>
    <message>
        <source>Save and use…</source>
        <translation>保存并使用…</translation>
    </message>
    <message>
        <source>Writes a picture a frame into a folder, which the reconstruction then takes its masks from</source>
        <translation>为每帧在文件夹中写一张图片，重建随后由此读取蒙版</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Read the masks</source>
        <translation>读取蒙版</translation>
    </message>
    <message>
        <source>%1 of %2 frames have a mask, %3 are painted</source>
        <translation>%2 帧中 %1 帧有蒙版，%3 帧为手绘</translation>
    </message>
    <message>
        <source>painted</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>no mask yet</source>
        <translation>尚无蒙版</translation>
    </message>
    <message>
        <source>Folder for the masks</source>
        <translation>蒙版文件夹</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>点选</translation>
    </message>
    <message>
        <source>Click on the subject, and it is found; the right button says what is background</source>
        <translation>点击主体即可找到它；右键表示背景</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>Click on the subject in a frame, or paint it, and carry it to all; or let it be found in all frames</source>
        <translation>在一帧中点击或绘制主体，再传到所有帧；或让程序在所有帧中寻找</translation>
    </message>
    <message>
        <source>Click on the subject first</source>
        <translation>请先点击主体</translation>
    </message>
</context>
<context>
    <name>mp4d::MotionPanel</name>
    <message>
        <source>The whole clip</source>
        <translation>整个片段</translation>
    </message>
    <message>
        <source>Smooth away what is faster than this; 0 leaves the clip as it is</source>
        <translation>平滑掉比这更快的变化；0 表示不变</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Cut to the playing range</source>
        <translation>裁剪到播放范围</translation>
    </message>
    <message>
        <source>Keeps what the timeline&apos;s range shows</source>
        <translation>保留时间轴范围内的部分</translation>
    </message>
    <message>
        <source>Make a loop</source>
        <translation>制作循环</translation>
    </message>
    <message>
        <source>Cuts the cycle out that closes best, and closes it</source>
        <translation>截取最能闭合的周期并将其闭合</translation>
    </message>
    <message>
        <source>Root</source>
        <translation>根</translation>
    </message>
    <message>
        <source>in place</source>
        <translation>原地</translation>
    </message>
    <message>
        <source>held by its feet</source>
        <translation>由脚固定</translation>
    </message>
    <message>
        <source>Change the way</source>
        <translation>更改路径</translation>
    </message>
    <message>
        <source>In place: what it travels is taken out. Held by its feet: feet on the ground neither slide nor sink, so clips made on the spot travel</source>
        <translation>原地：去掉行进的路程。由脚固定：着地的脚不滑动也不下沉，因此原地制作的片段会前进</translation>
    </message>
    <message>
        <source>Keys a second</source>
        <translation>每秒关键帧</translation>
    </message>
    <message>
        <source>Set the keys anew</source>
        <translation>重设关键帧</translation>
    </message>
    <message>
        <source>Samples the clip at that rate</source>
        <translation>按此频率对片段采样</translation>
    </message>
    <message>
        <source>The chosen joint, at this moment</source>
        <translation>所选关节，在此刻</translation>
    </message>
    <message>
        <source>Turn about the joint&apos;s own %1 axis</source>
        <translation>绕关节自身的 %1 轴旋转</translation>
    </message>
    <message>
        <source>Turn %1</source>
        <translation>旋转 %1</translation>
    </message>
    <message>
        <source>Over so long before and after it fades out</source>
        <translation>在前后这段时间内淡出</translation>
    </message>
    <message>
        <source>Fades over</source>
        <translation>淡出时长</translation>
    </message>
    <message>
        <source>none: click one in the view or in the tree</source>
        <translation>无：请在视图或树中点击一个</translation>
    </message>
    <message>
        <source>Hold resting feet</source>
        <translation>固定着地的脚</translation>
    </message>
    <message>
        <source>Feet that rest on the ground stay where they are (the lines in the timeline); legs bend to them, and bones keep their lengths</source>
        <translation>着地静止的脚保持不动（见时间轴的线条）；腿随之弯曲，骨骼长度不变</translation>
    </message>
    <message>
        <source>Keep the limits</source>
        <translation>保持在限位内</translation>
    </message>
    <message>
        <source>Turns joints back that are beyond their limits (Skeleton, below the joints)</source>
        <translation>把超出限位的关节转回（骨架面板，关节下方）</translation>
    </message>
</context>
<context>
    <name>mp4d::PersonDialog</name>
    <message>
        <source>New person</source>
        <translation>新建人物</translation>
    </message>
    <message>
        <source>in English: a tall old man in a grey suit, waving</source>
        <translation>用英文：a tall old man in a grey suit, waving</translation>
    </message>
    <message>
        <source>as the words say, or arms slightly out</source>
        <translation>按文字所述，否则双臂微张</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>A JSON file with 24 joints, or the first frame of a person&apos;s motion (BVH, GLB, FBX)</source>
        <translation>含 24 个关节的 JSON 文件，或人物动作的第一帧（BVH、GLB、FBX）</translation>
    </message>
    <message>
        <source>Another number is another person of the same description</source>
        <translation>换一个数字就是同样描述的另一个人</translation>
    </message>
    <message>
        <source>Quickly, from the front alone</source>
        <translation>快速，仅从正面</translation>
    </message>
    <message>
        <source>What is not said is left to chance. What is open is closed.</source>
        <translation>未说明的部分随机决定。当前打开的内容会被关闭。</translation>
    </message>
    <message>
        <source>Make</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>人物</translation>
    </message>
    <message>
        <source>Pose</source>
        <translation>姿势</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Pose of a person</source>
        <translation>人物的姿势</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>mp4d::Preferences</name>
    <message>
        <source>The view is drawn by</source>
        <translation>视图绘制方式</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>首选项</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Work</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Size of everything</source>
        <translation>整体缩放</translation>
    </message>
    <message>
        <source>Language and size change when the program starts next.</source>
        <translation>语言和缩放在下次启动时生效。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys of %1</source>
        <translation>%1 的快捷键</translation>
    </message>
    <message>
        <source>Open at the start what was open last</source>
        <translation>启动时打开上次的内容</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>Work that would take more is refused or takes less, and says so; at the next start</source>
        <translation>需要更多内存的任务会被拒绝或减少用量，并给出说明；下次启动时生效</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Device and threads are those of what is opened from now on; what is open keeps its own options. The memory changes when the program starts next.</source>
        <translation>设备和线程数用于之后打开的内容；已打开的保持原有选项。内存在下次启动时生效。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>mp4d::RigPanel</name>
    <message>
        <source>Joints</source>
        <translation>关节</translation>
    </message>
    <message>
        <source>Place of the joint, %1</source>
        <translation>关节位置，%1</translation>
    </message>
    <message>
        <source>Place of the joint in the rest pose, %1, metres</source>
        <translation>静止姿势下的关节位置，%1，米</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>A new joint below the chosen one</source>
        <translation>在所选关节之下新建关节</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>What hangs on the joint, and its skin, go to its parent</source>
        <translation>其下的关节及其蒙皮归其父关节</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>The joint of the same name on the other side goes to the mirrored place</source>
        <translation>另一侧同名关节移到镜像位置</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限位</translation>
    </message>
    <message>
        <source>How far the joint turns from the rest pose: kept when it is turned under Motion, and by &apos;Keep the limits&apos; there</source>
        <translation>关节相对静止姿态的转动范围：在“动作”中转动及使用“保持在限位内”时生效</translation>
    </message>
    <message>
        <source>Bends up to</source>
        <translation>弯曲至多</translation>
    </message>
    <message>
        <source>Away from the bone&apos;s direction at rest</source>
        <translation>偏离静止时骨骼方向的角度</translation>
    </message>
    <message>
        <source>Twists from</source>
        <translation>扭转从</translation>
    </message>
    <message>
        <source>About the bone</source>
        <translation>绕骨骼</translation>
    </message>
    <message>
        <source>to</source>
        <translation>到</translation>
    </message>
</context>
<context>
    <name>mp4d::StagePanel</name>
    <message>
        <source>Open a video, a folder of pictures or a model, and what can be done with it is listed here.</source>
        <translation>打开视频、图片文件夹或模型，可执行的步骤会列在这里。</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Reconstruct</source>
        <translation>重建</translation>
    </message>
    <message>
        <source>Rig anew</source>
        <translation>重新绑定</translation>
    </message>
    <message>
        <source>Rig</source>
        <translation>绑定</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>迁移</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Choose a file to take the motion from first</source>
        <translation>请先选择动作来源文件</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>蒙版</translation>
    </message>
    <message>
        <source>Folder of masks with the frames&apos; names; without it masks are computed</source>
        <translation>与帧同名的蒙版文件夹；若不提供则自动计算</translation>
    </message>
    <message>
        <source>Folder of masks</source>
        <translation>蒙版文件夹</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>A model with clips, a sequence of meshes, or a video, which is reconstructed first</source>
        <translation>带片段的模型、网格序列，或先行重建的视频</translation>
    </message>
    <message>
        <source>Take the motion from</source>
        <translation>动作来源</translation>
    </message>
    <message>
        <source>Look at and paint masks…</source>
        <translation>查看并绘制蒙版…</translation>
    </message>
    <message>
        <source>Run from here</source>
        <translation>从此处运行</translation>
    </message>
    <message>
        <source>Makes this stage and those after it anew, also where their results are kept</source>
        <translation>重新计算此阶段及其后的阶段，即使已有结果</translation>
    </message>
    <message>
        <source>What the stage last looked like</source>
        <translation>该阶段最近的样子</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>The work waits and leaves the processor to others</source>
        <translation>工作暂停，让出处理器</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>What the stage did and said</source>
        <translation>该阶段的日志</translation>
    </message>
    <message>
        <source>What the stage does and says while it runs stands here.</source>
        <translation>该阶段运行时的记录显示在这里。</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Side by side, and who follows whom…</source>
        <translation>并排比较与对应关系…</translation>
    </message>
</context>
<context>
    <name>mp4d::StartPage</name>
    <message>
        <source>Drop a video here</source>
        <translation>将视频拖到此处</translation>
    </message>
    <message>
        <source>It becomes a character with a skeleton that moves as filmed. A folder of pictures, a mesh, a rigged model (GLB, FBX, BVH, USD …) or a project will do too.</source>
        <translation>它会变成一个带骨架、按拍摄内容运动的角色。也可以是图片文件夹、网格、已绑定的模型（GLB、FBX、BVH、USD…）或项目。</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Try the demo clip</source>
        <translation>试用演示片段</translation>
    </message>
    <message>
        <source>Not saved when the program ended</source>
        <translation>程序结束时未保存</translation>
    </message>
    <message>
        <source>Recover the work of %1</source>
        <translation>恢复 %1 的工作</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>A person from words…</source>
        <translation>由文字生成人物…</translation>
    </message>
    <message>
        <source>Many files…</source>
        <translation>多个文件…</translation>
    </message>
    <message>
        <source>A place from photos…</source>
        <translation>由照片生成场景…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>The options that what is opened next begins with</source>
        <translation>接下来打开的内容以这些选项开始</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>自定义</translation>
    </message>
</context>
<context>
    <name>mp4d::Timeline</name>
    <message>
        <source>Clip</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Go to the start of the range (Home)</source>
        <translation>转到范围起点 (Home)</translation>
    </message>
    <message>
        <source>One frame back (Left)</source>
        <translation>后退一帧（左）</translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation>播放或暂停（空格）</translation>
    </message>
    <message>
        <source>One frame on (Right)</source>
        <translation>前进一帧（右）</translation>
    </message>
    <message>
        <source>Play again and again</source>
        <translation>循环播放</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Rest pose</source>
        <translation>静止姿势</translation>
    </message>
    <message>
        <source>frame %1 / %2   %3 s</source>
        <translation>第 %1 / %2 帧   %3 秒</translation>
    </message>
</context>
<context>
    <name>mp4d::TimelineRuler</name>
    <message>
        <source>Timeline</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>no clip</source>
        <translation>无片段</translation>
    </message>
    <message>
        <source>Lines: feet on the ground, from above: %1</source>
        <translation>线条：着地的脚，自上而下：%1</translation>
    </message>
    <message>
        <source>Diamonds: keys of the chosen joint, or of all; click to choose, drag to move, Delete to delete</source>
        <translation>菱形：所选关节（或全部）的关键帧；单击选择，拖动移动，Delete 删除</translation>
    </message>
</context>
<context>
    <name>mp4d::TransferEditor</name>
    <message>
        <source>Transfer</source>
        <translation>迁移</translation>
    </message>
    <message>
        <source>Who moves</source>
        <translation>动作来源</translation>
    </message>
    <message>
        <source>Who follows</source>
        <translation>跟随者</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Rest poses, one over the other</source>
        <translation>静止姿态叠放</translation>
    </message>
    <message>
        <source>On the right the pose that rotations are taken against, and in blue the source&apos;s, scaled: where they part, motion will be off</source>
        <translation>右侧为旋转的参考姿态，蓝色为缩放后的来源姿态：两者不一致处动作会有偏差</translation>
    </message>
    <message>
        <source>Motion…</source>
        <translation>动作…</translation>
    </message>
    <message>
        <source>Take the motion from</source>
        <translation>动作取自</translation>
    </message>
    <message>
        <source>Kept maps</source>
        <translation>已保存的对应</translation>
    </message>
    <message>
        <source>Keep the map…</source>
        <translation>保存对应…</translation>
    </message>
    <message>
        <source>For other transfers between such skeletons, and for magicpose4d transfer --map</source>
        <translation>用于此类骨架间的其他迁移，以及 magicpose4d transfer --map</translation>
    </message>
    <message>
        <source>Keep the map</source>
        <translation>保存对应</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Open a map…</source>
        <translation>打开对应…</translation>
    </message>
    <message>
        <source>Any map of magicpose4d transfer; pairs of chains that are not here are left out</source>
        <translation>任何 magicpose4d transfer 的对应文件；此处没有的骨链会略去</translation>
    </message>
    <message>
        <source>Open a map</source>
        <translation>打开对应</translation>
    </message>
    <message>
        <source>Find them anew</source>
        <translation>重新寻找</translation>
    </message>
    <message>
        <source>Forgets what was chosen here; the next transfer pairs the chains by itself</source>
        <translation>忘记此处的选择；下次迁移自动配对</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The motion is read…</source>
        <translation>正在读取动作…</translation>
    </message>
    <message>
        <source>Motion: %1</source>
        <translation>动作：%1</translation>
    </message>
    <message>
        <source>Motion: none</source>
        <translation>动作：无</translation>
    </message>
    <message>
        <source>Follows: %1</source>
        <translation>跟随者：%1</translation>
    </message>
    <message>
        <source>Choose a file to take the motion from: a model with clips, a sequence of meshes, or a video.</source>
        <translation>请选择动作来源文件：带片段的模型、网格序列或视频。</translation>
    </message>
</context>
<context>
    <name>mp4d::Viewport</name>
    <message>
        <source>it needs an X display, this one is &apos;%1&apos;</source>
        <translation>它需要 X 显示，而这里是“%1”</translation>
    </message>
    <message>
        <source>Open3D cannot draw the view: %1</source>
        <translation>Open3D 无法绘制视图：%1</translation>
    </message>
    <message>
        <source>as chosen</source>
        <translation>按所选</translation>
    </message>
    <message>
        <source>the display &apos;%1&apos; has no OpenGL</source>
        <translation>显示 &apos;%1&apos; 没有 OpenGL</translation>
    </message>
    <message>
        <source>no OpenGL context could be made</source>
        <translation>无法创建 OpenGL 上下文</translation>
    </message>
    <message>
        <source>the OpenGL context cannot be used</source>
        <translation>OpenGL 上下文无法使用</translation>
    </message>
    <message>
        <source>OpenGL 3.3 is needed, this is %1.%2</source>
        <translation>需要 OpenGL 3.3，当前为 %1.%2</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>三维视图</translation>
    </message>
    <message>
        <source>The view is drawn on the processor, which is slower: %1</source>
        <translation>视图由处理器绘制，速度较慢：%1</translation>
    </message>
    <message>
        <source>Processor: %1</source>
        <translation>处理器：%1</translation>
    </message>
    <message>
        <source>%L1 vertices</source>
        <translation>%L1 个顶点</translation>
    </message>
    <message>
        <source>%L1 joints</source>
        <translation>%L1 个关节</translation>
    </message>
    <message>
        <source>frame %1 of %2</source>
        <translation>第 %1 帧，共 %2 帧</translation>
    </message>
    <message>
        <source>rest pose: drag joints to move them</source>
        <translation>静止姿势：拖动关节以移动</translation>
    </message>
    <message>
        <source>through the clip&apos;s camera</source>
        <translation>通过片段的摄像机</translation>
    </message>
    <message>
        <source>brush: drag over the skin to paint its weights</source>
        <translation>画笔：在表面拖动以绘制权重</translation>
    </message>
    <message>
        <source>brush: choose a joint first</source>
        <translation>画笔：请先选择关节</translation>
    </message>
    <message>
        <source>%L1 vertices, as they stand</source>
        <translation>%L1 个顶点，当前状态</translation>
    </message>
    <message>
        <source>cameras: %1</source>
        <translation>相机：%1</translation>
    </message>
    <message>
        <source>silhouettes agree to %1 %: missed %2 % (orange), too much %3 % (blue)</source>
        <translation>轮廓吻合 %1 %：缺失 %2 %（橙色），多余 %3 %（蓝色）</translation>
    </message>
    <message>
        <source>masks are looked for…</source>
        <translation>正在寻找蒙版…</translation>
    </message>
</context>
<context>
    <name>mp4d::WeightPanel</name>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>add to the joint</source>
        <translation>加给关节</translation>
    </message>
    <message>
        <source>take from the joint</source>
        <translation>从关节减去</translation>
    </message>
    <message>
        <source>smooth all</source>
        <translation>全部平滑</translation>
    </message>
    <message>
        <source>Radius of the brush in pixels</source>
        <translation>画笔半径（像素）</translation>
    </message>
    <message>
        <source>How much one touch does, 0 to 1</source>
        <translation>每次触碰的力度，0 到 1</translation>
    </message>
    <message>
        <source>Weights anew</source>
        <translation>重算权重</translation>
    </message>
    <message>
        <source>Finds the weights of every joint from the skeleton as it is now; what was painted is lost</source>
        <translation>按当前骨架重新求所有关节的权重；绘制的内容会丢失</translation>
    </message>
    <message>
        <source>Radius</source>
        <translation>半径</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Joint: %1</source>
        <translation>关节：%1</translation>
    </message>
    <message>
        <source>Click a joint in the tree to paint its weights</source>
        <translation>在树中点击关节以绘制其权重</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>The weights of the chosen joint&apos;s half of the body on the other half</source>
        <translation>把所选关节一侧的权重镜像到另一侧</translation>
    </message>
</context>
<context>
    <name>mp4d::Workspace</name>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1：%2 / %3</translation>
    </message>
    <message>
        <source>%1: stopped; run it again and it goes on after its last finished stage</source>
        <translation>%1：已停止；再次运行将从最后完成的阶段继续</translation>
    </message>
    <message>
        <source>%1 is running; stop it first</source>
        <translation>%1 正在运行；请先停止</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>打开 %1</translation>
    </message>
    <message>
        <source>%1 frames read</source>
        <translation>已读取 %1 帧</translation>
    </message>
    <message>
        <source>Reconstruct</source>
        <translation>重建</translation>
    </message>
    <message>
        <source>Reconstructed: %1 % of the silhouettes agree</source>
        <translation>已重建：%1 % 的轮廓一致</translation>
    </message>
    <message>
        <source>Rig</source>
        <translation>绑定</translation>
    </message>
    <message>
        <source>Transfer: choose a file to take the motion from</source>
        <translation>迁移：请选择动作来源文件</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>迁移</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Exported %1: %2</source>
        <translation>已导出 %1：%2</translation>
    </message>
    <message>
        <source>Save: %1</source>
        <translation>保存：%1</translation>
    </message>
    <message>
        <source>Autosave: %1</source>
        <translation>自动保存：%1</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Autosave</source>
        <translation>自动保存</translation>
    </message>
    <message>
        <source>Rename joint: there is a joint named &quot;%1&quot; already</source>
        <translation>重命名关节：已存在名为“%1”的关节</translation>
    </message>
    <message>
        <source>Rename joint</source>
        <translation>重命名关节</translation>
    </message>
    <message>
        <source>Move joint</source>
        <translation>移动关节</translation>
    </message>
    <message>
        <source>Rename clip</source>
        <translation>重命名片段</translation>
    </message>
    <message>
        <source>Remove clip</source>
        <translation>删除片段</translation>
    </message>
    <message>
        <source>Change %1</source>
        <translation>更改 %1</translation>
    </message>
    <message>
        <source>Choose motion</source>
        <translation>选择动作</translation>
    </message>
    <message>
        <source>Choose masks</source>
        <translation>选择蒙版</translation>
    </message>
    <message>
        <source>Add joint</source>
        <translation>添加关节</translation>
    </message>
    <message>
        <source>Remove joint: a root can only be left out if one joint hangs on it, which then becomes the root</source>
        <translation>移除关节：只有当根之下恰有一个关节时才能移除根，该关节将成为根</translation>
    </message>
    <message>
        <source>Remove joint</source>
        <translation>移除关节</translation>
    </message>
    <message>
        <source>Mirror joint: there is no joint of that name on the other side (as hand.L and hand.R)</source>
        <translation>镜像关节：另一侧没有同名关节（如 hand.L 与 hand.R）</translation>
    </message>
    <message>
        <source>Mirror joint</source>
        <translation>镜像关节</translation>
    </message>
    <message>
        <source>Paint weights</source>
        <translation>绘制权重</translation>
    </message>
    <message>
        <source>Cut clip</source>
        <translation>裁剪片段</translation>
    </message>
    <message>
        <source>Make a loop</source>
        <translation>制作循环</translation>
    </message>
    <message>
        <source>Change the way</source>
        <translation>更改路径</translation>
    </message>
    <message>
        <source>Set keys anew</source>
        <translation>重设关键帧</translation>
    </message>
    <message>
        <source>Smooth clip</source>
        <translation>平滑片段</translation>
    </message>
    <message>
        <source>Turn joint</source>
        <translation>旋转关节</translation>
    </message>
    <message>
        <source>Transfer: no chain follows any other; choose what one follows, or find them anew</source>
        <translation>迁移：没有骨链跟随其他骨链；请选择跟随对象，或重新查找</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Weights anew</source>
        <translation>重算权重</translation>
    </message>
    <message>
        <source>Change chain</source>
        <translation>更改骨链</translation>
    </message>
    <message>
        <source>Find chains anew</source>
        <translation>重新查找骨链</translation>
    </message>
    <message>
        <source>New person</source>
        <translation>新建人物</translation>
    </message>
    <message>
        <source>Hold feet</source>
        <translation>固定脚</translation>
    </message>
    <message>
        <source>Delete keys</source>
        <translation>删除关键帧</translation>
    </message>
    <message>
        <source>Move keys</source>
        <translation>移动关键帧</translation>
    </message>
    <message>
        <source>Paste pose: what was copied is of another skeleton</source>
        <translation>粘贴姿势：复制的内容属于另一副骨架</translation>
    </message>
    <message>
        <source>Paste pose</source>
        <translation>粘贴姿势</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>蒙版</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>场</translation>
    </message>
    <message>
        <source>Mirror weights: choose a joint of the half that is right; this one has none of its name on the other side</source>
        <translation>镜像权重：请选择正确一侧的关节；此关节在另一侧没有同名关节</translation>
    </message>
    <message>
        <source>Mirror weights</source>
        <translation>镜像权重</translation>
    </message>
    <message>
        <source>Limit joint</source>
        <translation>限制关节</translation>
    </message>
    <message>
        <source>Keep the limits</source>
        <translation>保持在限位内</translation>
    </message>
    <message>
        <source>Keep the limits: %1 of %2 keys were beyond them</source>
        <translation>保持在限位内：%2 个关键帧中有 %1 个超出</translation>
    </message>
    <message>
        <source>Template: %1</source>
        <translation>模板：%1</translation>
    </message>
    <message>
        <source>%1 could not be removed: %2</source>
        <translation>无法移除 %1：%2</translation>
    </message>
    <message>
        <source>The template is left out: %1</source>
        <translation>未使用模板：%1</translation>
    </message>
    <message>
        <source>Read the motion</source>
        <translation>读取动作</translation>
    </message>
    <message>
        <source>Use a map</source>
        <translation>使用对应</translation>
    </message>
</context>
</TS>
